/** The fuzz targets: a test file each, and the parsers of a stranger's bytes that it tries. */
export interface Target {
  /** From the root. */
  readonly file: string;
  /** Sources whose reading it tries, from the root; test/architecture/fuzz-targets.test.ts knows when one is missing. */
  readonly parsers: readonly string[];
}

export const targets: Readonly<Record<string, Target>> = {
  trust: {
    file: 'test/core/trust/trust-fuzz.test.ts',
    parsers: [
      'core/trust/commit-object.ts',
      'core/trust/commit-headers.ts',
      'core/trust/tree-object.ts',
      'core/trust/policy.ts',
      'core/trust/yaml-node.ts',
      'core/trust/approval-statement.ts',
      'core/trust/signature.ts',
    ],
  },
  walk: { file: 'test/core/trust/walk-property.test.ts', parsers: [] },
  secrets: {
    file: 'test/core/secrets/secret-fuzz.test.ts',
    parsers: [
      'core/secrets/document.ts',
      'core/secrets/yaml-format.ts',
      'core/secrets/dotenv-format.ts',
      'core/secrets/value.ts',
      'core/secrets/metadata.ts',
    ],
  },
  compose: { file: 'test/core/compose/oracle-fuzz.test.ts', parsers: [] },
  enrolment: {
    file: 'test/core/enrolment/enrolment-fuzz.test.ts',
    parsers: ['core/enrolment/token.ts', 'core/enrolment/statement.ts', 'core/enrolment/ssh-key-line.ts'],
  },
  ssh: {
    file: 'test/gateway/ssh/ssh-fuzz.test.ts',
    parsers: ['core/io/ssh-payload.ts', 'core/io/ssh-connection.ts', 'gateway/ssh/key-login.ts'],
  },
};
