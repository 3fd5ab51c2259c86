/** A function of an object that is asked the same again and again: the answer is worked out once, and goes with the object. */
export function remembered<K extends object, T>(find: (of: K) => T): (of: K) => T {
  const known = new WeakMap<K, { found: T }>();
  return of => {
    let own = known.get(of);
    if (!own) known.set(of, (own = { found: find(of) }));
    return own.found;
  };
}
