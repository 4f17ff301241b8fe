/** A line of code in pieces. Nothing of it ever becomes markup: a page shows it as text. */
export type CodeLine = readonly Token[];

export interface Token {
  readonly text: string;
  /** The highlighter's class names, such as `hljs-keyword`; empty for plain text. */
  readonly kind: string;
}
