/** Texts of the shell. */
export const shell = {};
