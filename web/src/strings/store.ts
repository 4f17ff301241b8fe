/** Texts of the store. */
export const store = {};
