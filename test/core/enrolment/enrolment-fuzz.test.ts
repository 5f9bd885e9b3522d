import { test } from 'node:test';
import fc from 'fast-check';
import { parseSshEd25519Line } from '../../../core/enrolment/ssh-key-line.ts';
import { parseSignedStatement } from '../../../core/enrolment/statement.ts';
import { parseToken } from '../../../core/enrolment/token.ts';
import { TowlineError } from '../../../core/errors.ts';

const runs = { numRuns: Number(process.env.TOWLINE_FUZZ_RUNS ?? 300) };

function onlyOurErrors(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof TowlineError)) throw error;
  }
}

test('any text is no token, no statement and no key, and is refused with a code', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), text => {
      onlyOurErrors(() => void parseToken(text));
      onlyOurErrors(() => void parseToken(`towline1_${text}`));
      onlyOurErrors(() => void parseSignedStatement(text));
      parseSshEd25519Line(`ssh-ed25519 ${text}`);
    }),
    runs,
  );
});

test('any JSON is no statement, and is refused with a code', () => {
  const field = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.constant('ssh-ed25519 AAAA'));
  const keys = fc.record({ tls: field, ssh: field, openpgp: field }, { requiredKeys: [] });
  const statement = fc.record(
    { fleet: field, device: field, oneTimeKey: field, keys: fc.oneof(keys, field) },
    { requiredKeys: [] },
  );
  const signed = fc.record({ statement: fc.oneof(statement, field), signature: field }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.oneof(signed, fc.jsonValue()), value => {
      onlyOurErrors(() => void parseSignedStatement(JSON.stringify(value)));
    }),
    runs,
  );
});
