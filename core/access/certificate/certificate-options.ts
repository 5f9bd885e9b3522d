/** Options of an SSH certificate: names in lexical order, each once, each with data (PROTOCOL.certkeys of OpenSSH). */
import { ByteCursor } from '../../trust/git/byte-cursor.ts';

/** Of one list. */
const maxOptions = 32;

/** @throws Error that says what is wrong with them */
export function readOptions(bytes: Uint8Array): ReadonlyMap<string, Buffer> {
  const cursor = new ByteCursor(bytes);
  const options = new Map<string, Buffer>();
  let last = '';
  while (cursor.left > 0) {
    const name = cursor.sshText();
    if (name <= last) throw new Error(`the option ${JSON.stringify(name.slice(0, 64))} out of its order`);
    if (options.size >= maxOptions) throw new Error(`more than ${maxOptions} options`);
    options.set(name, cursor.sshString());
    last = name;
  }
  return options;
}

/** An option whose data is one string in turn. */
export function optionText(data: Uint8Array): string {
  const cursor = new ByteCursor(data);
  const text = cursor.sshString().toString('utf8');
  cursor.end();
  return text;
}
