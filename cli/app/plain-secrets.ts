/** Values that look like secrets in files of variables: whoever reads the repository would have them, for ever. */
import path from 'node:path';
import { TowlineError } from '../../core/errors.ts';
import type { AppFile } from './app-folder.ts';

const secretName =
  /(?:PASS(?:WORD|WD|PHRASE)?|SECRET|TOKEN|CREDENTIALS?|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY)(?:_|$)/i;
const assignment = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/;
const begunKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

const isVariables = (file: string): boolean => {
  const name = path.posix.basename(file);
  return name === '.env' || name.endsWith('.env') || name.startsWith('.env.');
};

/** What is given, not what is taken from elsewhere. */
const isGiven = (value: string): boolean => !/^(?:|""|''|\$\{.*\}|\$[A-Za-z_].*)$/.test(value);

/** @throws TowlineError SECRET_NOT_ENCRYPTED that names file and variable, and never the value */
export function assertNoSecrets(app: string, files: ReadonlyMap<string, AppFile>): void {
  for (const [file, { bytes }] of files) {
    const text = Buffer.from(bytes).toString('latin1');
    const found = begunKey.test(text) ? 'a private key' : isVariables(file) ? secretIn(text) : undefined;
    if (found === undefined) continue;
    const how = `take it out and put it into a sealed file: \`towline secret edit secrets/${app}.env\``;
    throw new TowlineError('SECRET_NOT_ENCRYPTED', `${file} holds ${found} as plain text: ${how}`);
  }
}

function secretIn(text: string): string | undefined {
  for (const line of text.split('\n')) {
    const [, name = '', value = ''] = assignment.exec(line) ?? [];
    if (secretName.test(name) && isGiven(value)) return name;
  }
  return undefined;
}
