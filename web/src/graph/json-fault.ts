/** Where a text stops being JSON, in words. Browsers differ in whether and how they say it, so it is worked out here. */

/** Line, column and what is wrong there: `line 3, column 7: a comma or } is expected`. */
export function jsonFault(text: string): string {
  const fault = new Scanner(text).fault();
  const before = text.slice(0, fault.at);
  const line = before.split("\n").length;
  const column = fault.at - before.lastIndexOf("\n");
  return `line ${line}, column ${column}: ${fault.what}`;
}

interface Fault {
  readonly at: number;
  readonly what: string;
}

const SPACE = /[ \t\n\r]*/y;
const WORD = /true|false|null/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// eslint-disable-next-line no-control-regex -- JSON strings may not hold control characters
const STRING_PART = /(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;

/** Reads JSON without recursion up to the first fault. */
class Scanner {
  private at = 0;
  private readonly open: ("{" | "[")[] = [];

  constructor(private readonly text: string) {}

  fault(): Fault {
    for (;;) {
      const fault = this.value() ?? this.afterValue();
      if (fault) return fault;
    }
  }

  /** Past the next scalar or empty container, and into the containers around it. */
  private value(): Fault | null {
    for (;;) {
      this.skip(SPACE);
      const char = this.text[this.at];
      if (char === '"') return this.string();
      if (char !== "{" && char !== "[") {
        return this.skip(NUMBER) || this.skip(WORD) ? null : this.here("a value is expected");
      }
      this.at += 1;
      this.skip(SPACE);
      if (this.text[this.at] === (char === "{" ? "}" : "]")) {
        this.at += 1;
        return null;
      }
      this.open.push(char);
      const fault = char === "{" ? this.key() : null;
      if (fault) return fault;
    }
  }

  /** From behind a value to where the next one begins; a fault if there is none. */
  private afterValue(): Fault | null {
    for (;;) {
      this.skip(SPACE);
      const inside = this.open.at(-1);
      const char = this.text[this.at];
      if (inside === undefined) return this.here("the JSON ends here, but more text follows");
      const end = inside === "{" ? "}" : "]";
      if (char === ",") {
        this.at += 1;
        return inside === "{" ? this.key() : null;
      }
      if (char !== end) return this.here(`a comma or ${end} is expected`);
      this.at += 1;
      this.open.pop();
    }
  }

  private key(): Fault | null {
    this.skip(SPACE);
    if (this.text[this.at] !== '"') return this.here("a name in double quotes is expected");
    const fault = this.string();
    if (fault) return fault;
    this.skip(SPACE);
    if (this.text[this.at] !== ":") return this.here("a colon is expected");
    this.at += 1;
    return null;
  }

  private string(): Fault | null {
    const start = this.at;
    this.at += 1;
    this.skip(STRING_PART);
    const char = this.text[this.at];
    if (char === '"') {
      this.at += 1;
      return null;
    }
    if (char === undefined) return { at: start, what: "this text in quotes never ends" };
    return this.here(char === "\\" ? "this escape is not known" : "a line break or control character inside quotes");
  }

  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const length = pattern.exec(this.text)?.[0].length ?? 0;
    this.at += length;
    return length > 0;
  }

  private here(what: string): Fault {
    return { at: this.at, what: this.at >= this.text.length ? `the text ends where ${what}` : what };
  }
}
