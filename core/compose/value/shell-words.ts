interface Quotes {
  single: boolean;
  double: boolean;
  back: boolean;
  dollar: boolean;
  escaped: boolean;
}

const quoted = (quotes: Quotes) => quotes.single || quotes.double || quotes.back || quotes.dollar;

/**
 * A command line as words: quotes and backslashes are read, variables are not, and an operator of the shell
 * (`;`, `&`, `|`, `<`, `>`) ends the command, as the oracle has it. Undefined: a quote does not end.
 */
export function shellWords(line: string): string[] | undefined {
  const words: string[] = [];
  const quotes: Quotes = { single: false, double: false, back: false, dollar: false, escaped: false };
  let word = '';
  let begun = false;
  const end = () => {
    if (begun) words.push(word);
    word = '';
    begun = false;
  };
  for (const character of line) {
    if (quotes.escaped) {
      word += character === 't' ? '\t' : character === 'n' ? '\n' : character;
      quotes.escaped = false;
      begun = true;
    } else if (character === '\\' && !quotes.single) quotes.escaped = true;
    else if (/[ \t\r\n]/.test(character) && !quoted(quotes)) end();
    else if (character === '"' && !quotes.single && !quotes.dollar) {
      quotes.double = !quotes.double;
      begun = true;
    } else if (character === "'" && !quotes.double && !quotes.dollar) {
      quotes.single = !quotes.single;
      begun = true;
    } else if (/[;&|<>]/.test(character) && !quoted(quotes)) {
      if (character === '>' && /^[0-9]/.test(word)) begun = false;
      break;
    } else {
      if (character === '`' && !quotes.single && !quotes.double && !quotes.dollar) quotes.back = !quotes.back;
      if (character === '(' && !quotes.single && !quotes.double && !quotes.back) {
        if (quotes.dollar || !word.endsWith('$')) return undefined;
        quotes.dollar = true;
      } else if (character === ')' && !quotes.single && !quotes.double && !quotes.back)
        quotes.dollar = !quotes.dollar;
      word += character;
      begun = true;
    }
  }
  if (quotes.escaped || quoted(quotes)) return undefined;
  end();
  return words;
}
