/** Rules of this area; a new rule is one file and one line here. */
export * from "./certificate-key-rotation";
export * from "./certificate-renewed-in-time";
export * from "./certificate-strong-key";
export * from "./listeners-encrypted";
export * from "./stores-encrypted";
