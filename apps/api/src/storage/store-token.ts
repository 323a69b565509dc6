/** Injection token of the Store. */
export const STORE = Symbol('Store');
