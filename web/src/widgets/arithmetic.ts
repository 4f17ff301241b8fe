/** Works out what a person types into a number field, such as `512*2+64`. */

/**
 * The value of `text`: numbers, + - * / % ^ and parentheses, with the usual precedence; `^` binds from the right.
 * Null for anything else and for results that are not finite.
 */
export function calculate(text: string): number | null {
  const reader = new Reader(text);
  const value = reader.sum();
  return value !== null && reader.atEnd() && Number.isFinite(value) ? value : null;
}

const NUMBER = /\s*((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y;
const DEEPEST = 100;

class Reader {
  private at = 0;
  private depth = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text.replace(/\*\*/g, "^").replace(/[×·]/g, "*").replace(/÷/g, "/").replace(/−/g, "-");
  }

  atEnd(): boolean {
    return this.text.slice(this.at).trim() === "";
  }

  sum(): number | null {
    return this.chain("+-", () => this.product());
  }

  private product(): number | null {
    return this.chain("*/%", () => this.signed());
  }

  /** Operands joined from the left by any of `operators`. */
  private chain(operators: string, operand: () => number | null): number | null {
    let value = operand();
    while (value !== null) {
      const operator = this.take(operators);
      if (operator === null) return value;
      const right = operand();
      value = right === null ? null : apply(operator, value, right);
    }
    return null;
  }

  private signed(): number | null {
    const sign = this.take("+-");
    if (sign === null) return this.power();
    const value = this.nested(() => this.signed());
    return value === null || sign === "+" ? value : -value;
  }

  private power(): number | null {
    const base = this.atom();
    if (base === null || this.take("^") === null) return base;
    const exponent = this.nested(() => this.signed());
    return exponent === null ? null : base ** exponent;
  }

  private atom(): number | null {
    if (this.take("(") !== null) {
      const value = this.nested(() => this.sum());
      return this.take(")") === null ? null : value;
    }
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text)?.[1];
    if (found === undefined) return null;
    this.at = NUMBER.lastIndex;
    return Number(found);
  }

  private nested(read: () => number | null): number | null {
    if (this.depth === DEEPEST) return null;
    this.depth += 1;
    const value = read();
    this.depth -= 1;
    return value;
  }

  private take(symbols: string): string | null {
    while (this.text[this.at] === " ") this.at += 1;
    const char = this.text[this.at];
    if (char === undefined || !symbols.includes(char)) return null;
    this.at += 1;
    return char;
  }
}

function apply(operator: string, left: number, right: number): number {
  if (operator === "+") return left + right;
  if (operator === "-") return left - right;
  if (operator === "*") return left * right;
  if (operator === "/") return left / right;
  return left % right;
}
