/** Texts of the panels. */
export const panels = {};
