/** The error for what cannot be read as a graph; its message is a sentence for people. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";
}
