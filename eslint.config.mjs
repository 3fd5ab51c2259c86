import tseslint from "typescript-eslint";

// The import table of docs/design.md: what each folder may import. Everything else is refused.
const mayImport = {
  model: [],
  stacks: ["model"],
  components: ["model"],
  policies: ["model"],
  readiness: ["model", "policies"],
  drills: ["model", "components"],
  release: ["model", "readiness"],
  local: ["model"],
};
const folders = [
  "model",
  "stacks",
  "components",
  "policies",
  "readiness",
  "drills",
  "release",
  "local",
  "cli",
  "test",
  "bench",
  "examples",
];

const importTable = Object.entries(mayImport).map(([folder, allowed]) => {
  const refused = folders.filter(other => other !== folder && !allowed.includes(other));
  return {
    files: [`${folder}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${refused.join("|")})(/|$)`,
              message: `${folder}/ may import ${allowed.length ? allowed.join(", ") : "nothing of ours"} (docs/design.md, "The house").`,
            },
          ],
        },
      ],
    },
  };
});

export default tseslint.config(
  { ignores: ["bin/**", "**/bin/**", "node_modules/**", "**/*.js", "**/*.mjs"] },
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-console": "off",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "prefer-const": "error",
    },
  },
  {
    // A promise nobody waits for is an error nobody sees.
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: { "@typescript-eslint/no-floating-promises": "error", "@typescript-eslint/await-thenable": "error" },
  },
  ...importTable,
);
