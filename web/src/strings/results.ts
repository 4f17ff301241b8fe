/** Texts of the results. */
export const results = {};
