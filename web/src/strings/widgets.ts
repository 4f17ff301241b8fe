/** Texts of the widgets. */
export const widgets = {};
