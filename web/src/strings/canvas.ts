/** Texts of the canvas. */
export const canvas = {};
