/** Texts about sounds, which are loaded with the lightbox: so they are not part of `text`. */
export const sounds = {
  length: "Length",
  channels: "Channels",
  rate: "Sample rate",
  kilohertz: (rate: number) => `${rate / 1000} kHz`,
};
