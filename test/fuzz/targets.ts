/**
 * The fuzz targets: a test file each, and the sources of ours that read a stranger's bytes in it.
 * test/architecture/fuzz-targets.test.ts finds a reader that stands in none.
 */
export interface Target {
  /** From the root. */
  readonly file: string;
  readonly parsers: readonly string[];
}

const trust = (...names: readonly string[]) => names.map(name => `core/trust/${name}.ts`);
const fleet = (...names: readonly string[]) => names.map(name => `core/fleet/${name}.ts`);
const compose = (...names: readonly string[]) => names.map(name => `core/compose/${name}.ts`);
const secrets = (...names: readonly string[]) => names.map(name => `core/secrets/${name}.ts`);
const io = (...names: readonly string[]) => names.map(name => `core/io/${name}.ts`);
const agent = (...names: readonly string[]) => names.map(name => `agent/${name}.ts`);
const gateway = (...names: readonly string[]) => names.map(name => `gateway/${name}.ts`);

export const targets: Readonly<Record<string, Target>> = {
  trust: {
    file: 'test/core/trust/trust-fuzz.test.ts',
    parsers: [
      ...trust('commit-object', 'commit-headers', 'tree-object', 'entry-name', 'intent', 'policy', 'glob'),
      ...trust('yaml-node', 'approval-statement', 'signature', 'armor'),
    ],
  },
  keys: {
    file: 'test/core/trust/keys-fuzz.test.ts',
    parsers: [
      ...trust('openpgp-key', 'openpgp-fingerprint', 'openpgp-packet', 'openpgp-signature', 'byte-cursor'),
      ...trust('openpgp-certificate', 'openpgp-doubt'),
      ...trust('ssh-public-key', 'ssh-signature', 'device-key-problem'),
      ...trust('key-material', 'openpgp-key-numbers', 'tls-key-numbers'),
      ...secrets('recipient-key'),
    ],
  },
  walk: { file: 'test/core/trust/walk-property.test.ts', parsers: [] },
  reports: {
    file: 'test/core/telemetry/report-fuzz.test.ts',
    parsers: ['core/telemetry/device-report.ts', ...trust('timestamp'), ...agent('report/telemetry-push')],
  },
  files: {
    file: 'test/core/fleet/files-fuzz.test.ts',
    parsers: [
      ...fleet('yaml-file', 'read-file', 'schema-check', 'value-check', 'paths', 'address', 'cron'),
      ...fleet('duration', 'size', 'p256-key'),
      'core/telemetry/yaml-weight.ts',
    ],
  },
  compose: {
    file: 'test/core/compose/garbage-fuzz.test.ts',
    parsers: [
      ...compose('load', 'document', 'double-quoted', 'env-file', 'scalar', 'text', 'template', 'bytes'),
      ...compose('duration', 'port-spec', 'volume-spec', 'device-check', 'device/host-paths'),
      ...['core/desired/engine-names.ts', 'core/desired/shared-networks.ts', 'core/desired/address-key.ts'],
      'core/desired/between-apps.ts',
    ],
  },
  oracle: { file: 'test/core/compose/oracle-fuzz.test.ts', parsers: [] },
  secrets: {
    file: 'test/core/secrets/secret-fuzz.test.ts',
    parsers: secrets(
      ...['document', 'yaml-format', 'dotenv-format', 'value', 'metadata', 'secret-variables', 'own-path'],
    ),
  },
  enrolment: {
    file: 'test/core/enrolment/enrolment-fuzz.test.ts',
    parsers: ['core/enrolment/token.ts', 'core/enrolment/statement.ts', 'core/enrolment/ssh-key-line.ts'],
  },
  git: {
    file: 'test/core/io/git-fuzz.test.ts',
    parsers: [
      ...io('pkt-line', 'advertisement', 'pack-check', 'pack-entry', 'git-batch-output'),
      ...agent('source/upload-pack'),
    ],
  },
  pushes: {
    file: 'test/gateway/git-fuzz.test.ts',
    parsers: [
      ...gateway('client-hello', 'git/pkt-line', 'git/fetch-request', 'git/push-report', 'git/advert'),
      ...gateway(
        'telemetry/push-request',
        'telemetry/pack-reader',
        'telemetry/delta',
        'telemetry/object-links',
      ),
    ],
  },
  ssh: {
    file: 'test/gateway/ssh/ssh-fuzz.test.ts',
    parsers: [
      ...io('ssh-payload', 'ssh-connection'),
      ...gateway('ssh/key-login', 'ssh/people-command', 'ssh/people-session', 'ssh/people-connection'),
      ...gateway('ssh/device-connection'),
      ...agent('tunnel/tunnel-connection'),
    ],
  },
  sessions: {
    file: 'test/gateway/ssh/session-fuzz.test.ts',
    parsers: gateway('git/people-git', 'git/silence'),
  },
  requests: {
    file: 'test/gateway/http-fuzz.test.ts',
    parsers: gateway(
      ...['device-port', 'plain-port', 'internal-requests', 'peer', 'enrolment/enrolment-route'],
      ...['git/fleet-routes', 'telemetry/telemetry-routes', 'telemetry/push-body'],
      ...['upstream/webhook-desk', 'upstream/webhook-signature'],
    ),
  },
  answers: {
    file: 'test/core/io/http-fuzz.test.ts',
    parsers: [
      ...io('http-exchange', 'http-upgrade', 'http-proxy', 'https-dialler', 'pinned-connection'),
      ...agent('hints'),
    ],
  },
  engine: {
    file: 'test/agent/observe/engine-fuzz.test.ts',
    parsers: agent(
      ...['engine', 'answer-shape', 'engine-answers', 'observe/engine-events', 'observe/inspections'],
      ...['observe/observe', 'observe/containers', 'report/log-lines', 'report/log-collector'],
    ),
  },
  registry: {
    file: 'test/cli/registry-fuzz.test.ts',
    parsers: ['cli/registry/client.ts', 'cli/registry/reference.ts'],
  },
  disk: {
    file: 'test/agent/files-fuzz.test.ts',
    parsers: [
      ...io('checked-file', 'openssh-key'),
      ...trust('trusted-state'),
      ...agent('control', 'tunnel/opening-times', 'verify/trusted-commit'),
      ...gateway('trusted-file'),
    ],
  },
};

/** Sources that take bytes apart which no stranger has written. */
export const ownBytes: Readonly<Record<string, string>> = {
  'agent/apply/container-steps.ts': 'a label that this agent has written; anything else there is none',
  'agent/apply/project-store.ts': 'the state directory',
  'agent/config.ts': 'agent.yaml, root’s',
  'agent/enrolment/enrol.ts': 'agent.yaml, root’s',
  'agent/enrolment/spent-tokens.ts': 'the state directory',
  'agent/enrolment/state-keys.ts': 'the state directory',
  'agent/re-anchor-verb.ts': 'agent.yaml, root’s',
  'agent/source/generation.ts': 'the state directory',
  'cli/agent-file.ts': 'the operator’s own agent.yaml',
  'cli/child-program.ts': 'a path of this program',
  'cli/completion/verbs.ts': 'help texts of this program',
  'cli/device-token.ts': 'a token that was just made',
  'cli/edit-yaml.ts': 'a file that the operator has at hand, by the library alone',
  'cli/init/signing-key.ts': 'what gpg and ssh-keygen print of the operator’s keys',
  'cli/init/template.ts': 'the template that ships',
  'cli/push-command.ts': 'what git prints of its remotes',
  'cli/registry/credentials.ts': 'the operator’s Docker configuration and credential helper',
  'cli/repository.ts': 'what git prints',
  'cli/secret/history.ts': 'what git prints',
  'cli/secret/keyring.ts': 'what gpg prints',
  'cli/secret/secret-file.ts': 'core/secrets/document.ts reads them',
  'cli/ssh-agent-key.ts': 'what ssh-add prints',
  'cli/terminal.ts': 'what is about to be shown: any text there is, in test/core/shown-text.test.ts',
  'core/trust/holder-table.ts': 'hashes that core/trust/claims.ts makes',
  'core/trust/holder-text.ts': 'the state directory',
  'cli/status/reports.ts': 'what git prints; core/telemetry/device-report.ts reads the rest',
  'cli/status/telemetry.ts': 'what git prints',
  'core/io/device-keys.ts': 'the own keys',
  'core/io/durable-file.ts': 'whatever its callers read',
  'core/io/openpgp-key.ts': 'the own key',
  'core/io/pack-file.ts': 'packs that core/io/pack-check.ts has let in, with an index made here',
  'core/io/self-signed-certificate.ts': 'random bytes',
  'gateway/configuration.ts': 'gateway.yaml, root’s',
  'gateway/enrolment/enrolment-desk.ts': 'the state directory; core/enrolment/statement.ts reads the rest',
  'gateway/git/bare-refs.ts': 'refs that git has written',
  'gateway/git/commit-set.ts': 'ids that were computed',
  'gateway/git/git-runner.ts': 'frames of the own helper',
  'gateway/git/main-door-hook.ts': 'the state directory',
  'gateway/git/maintenance.ts': 'what git prints',
  'gateway/git/received-tips.ts': 'the state directory',
  'gateway/git/served-commits.ts': 'what git prints',
  'gateway/git/spawn-helper.ts': 'jobs of the own gateway, on a socket in a folder of its own',
  'gateway/telemetry/pack-writer.ts': 'ids that were computed',
  'gateway/tunnel-starts.ts': 'the state directory',
  'gateway/upstream/forge.ts':
    'what git prints of the forge’s refs; an id or name of another form is left out',
};
