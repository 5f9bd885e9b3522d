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
      ...trust(
        'git/commit-object',
        'git/commit-headers',
        'git/tree-object',
        'git/entry-name',
        'step/intent',
        'policy/policy',
        'policy/glob',
        'policy/passkey-rules',
      ),
      ...trust('git/yaml-node', 'step/approval-statement', 'signature/signature', 'signature/armor'),
    ],
  },
  passkeys: {
    file: 'test/core/webauthn/webauthn-fuzz.test.ts',
    parsers: [
      ...['authenticator-data', 'browser-assertion', 'client-data', 'der-signature', 'passkey'],
      ...['signature-number', 'ssh-assertion'],
    ].map(name => `core/webauthn/${name}.ts`),
  },
  'reach-of-passkeys': { file: 'test/core/trust/passkeys/reach-property.test.ts', parsers: [] },
  intents: {
    file: 'test/portal/change/intents-fuzz.test.ts',
    parsers: ['portal/change/intended.ts', 'portal/change/command-of.ts', 'core/change/typed-text.ts'],
  },
  patches: { file: 'test/core/change/patch-file.test.ts', parsers: ['core/change/patch-file.ts'] },
  'backup-stores': {
    file: 'test/core/backup/stores-fuzz.test.ts',
    parsers: [
      ...['copied', 'part-index', 'stored', 'tar-cutter'].map(name => `core/backup/${name}.ts`),
      'core/io/backup/join-parts.ts',
    ],
  },
  bundles: {
    file: 'test/core/bundle/bundle-fuzz.test.ts',
    parsers: ['contents', 'open-bundle', 'seal', 'table'].map(name => `core/bundle/${name}.ts`),
  },
  'agent-parts': { file: 'test/agent/update/part-reader.test.ts', parsers: agent('update/part-reader') },
  'adopted-files': {
    file: 'test/core/plan/adoption/read-tar.test.ts',
    parsers: ['core/plan/adoption/read-tar.ts'],
  },
  patterns: { file: 'test/core/secrets/re2-pattern.test.ts', parsers: secrets('re2-pattern', 're2-text') },
  trailers: { file: 'test/core/trust/step/trailers.test.ts', parsers: trust('step/trailers') },
  keys: {
    file: 'test/core/trust/signature/keys-fuzz.test.ts',
    parsers: [
      ...trust(
        'signature/openpgp-key',
        'signature/openpgp-fingerprint',
        'signature/openpgp-packet',
        'signature/openpgp-signature',
        'git/byte-cursor',
      ),
      ...trust('signature/openpgp-certificate', 'signature/openpgp-doubt'),
      ...trust(
        'signature/ssh-public-key',
        'signature/ssh-signature',
        'signature/ssh-blob',
        'holders/device-key-problem',
      ),
      ...trust('signature/ssh-certificate'),
      ...trust('signature/key-material', 'signature/openpgp-key-numbers', 'signature/tls-key-numbers'),
      ...secrets('recipient-key'),
    ],
  },
  walk: { file: 'test/core/trust/walk-property.test.ts', parsers: [] },
  firewall: {
    file: 'test/core/firewall/firewall-fuzz.test.ts',
    parsers: [
      'core/firewall/loaded-table.ts',
      'core/egress/egress.ts',
      'core/egress/port-range.ts',
      'core/firewall/nft-word.ts',
    ],
  },
  'firewall-rules': { file: 'test/cli/firewall/generated-rules.test.ts', parsers: [] },
  'rollout-steps': {
    file: 'test/core/trust/policy/rollout-step-fuzz.test.ts',
    parsers: trust('policy/rollout-step'),
  },
  reports: {
    file: 'test/core/telemetry/report-fuzz.test.ts',
    parsers: ['core/telemetry/device-report.ts', ...trust('timestamp')],
  },
  'log-lines': {
    file: 'test/core/telemetry/lines/lines-fuzz.test.ts',
    parsers: ['core/telemetry/lines/json-line.ts'],
  },
  segments: {
    file: 'test/core/telemetry/record/record-fuzz.test.ts',
    parsers: ['metric-segment', 'segment-path', 'segment'].map(name => `core/telemetry/record/${name}.ts`),
  },
  receivers: {
    file: 'test/gateway/sinks/answers-fuzz.test.ts',
    parsers: gateway(
      'sinks/elasticsearch/json-answer',
      'sinks/elasticsearch/bulk-answer',
      'sinks/otlp/export-answer',
    ),
  },
  messages: {
    file: 'test/gateway/notify/words-fuzz.test.ts',
    parsers: gateway('notify/formats/message-words'),
  },
  acknowledgements: { file: 'test/agent/report/push-fuzz.test.ts', parsers: agent('report/telemetry-push') },
  files: {
    file: 'test/core/fleet/files-fuzz.test.ts',
    parsers: [
      ...fleet('yaml-file', 'read-file', 'schema-check', 'value-check', 'paths', 'address', 'cron'),
      ...fleet('size', 'p256-key'),
      'core/duration.ts',
      'core/telemetry/yaml-weight.ts',
    ],
  },
  compose: {
    file: 'test/core/compose/garbage-fuzz.test.ts',
    parsers: [
      ...compose(
        'load/load',
        'read/document',
        'read/double-quoted',
        'load/env-file',
        'read/scalar',
        'read/text',
        'load/template',
        'value/bytes',
      ),
      ...compose(
        'value/duration',
        'shape/port-spec',
        'shape/volume-spec',
        'device/device-check',
        'engine/engine-check',
        'device/host-paths',
      ),
      ...['core/desired/engine-names.ts', 'core/desired/shared-networks.ts', 'core/desired/address-key.ts'],
      'core/desired/between-apps.ts',
    ],
  },
  desk: {
    file: 'test/cli/tunnel/tunnel-fuzz.test.ts',
    parsers: ['cli/tunnel/word/tunnel-word.ts', 'core/change/tunnel/tunnel-text.ts'],
  },
  forges: {
    file: 'test/cli/forge/forge-fuzz.test.ts',
    parsers: ['cli/forge/forge-api.ts', 'cli/forge/place.ts'],
  },
  reviews: { file: 'test/cli/review/comment-text.test.ts', parsers: ['cli/review/read-document.ts'] },
  oracle: { file: 'test/core/compose/oracle-fuzz.test.ts', parsers: [] },
  secrets: {
    file: 'test/core/secrets/secret-fuzz.test.ts',
    parsers: secrets(
      'document',
      'yaml-format',
      'dotenv-format',
      'value',
      'metadata',
      'secret-variables',
      'own-path',
    ),
  },
  certificates: {
    file: 'test/core/access/certificate/certificate-fuzz.test.ts',
    parsers: ['certificate-options', 'identity-extension', 'user-certificate'].map(
      name => `core/access/certificate/${name}.ts`,
    ),
  },
  logins: {
    file: 'test/gateway/certificates/login-fuzz.test.ts',
    parsers: gateway('certificates/id-token'),
  },
  enrolment: {
    file: 'test/core/enrolment/enrolment-fuzz.test.ts',
    parsers: ['core/enrolment/token.ts', 'core/enrolment/statement.ts', 'core/enrolment/ssh-key-line.ts'],
  },
  git: {
    file: 'test/agent/source/git-fuzz.test.ts',
    parsers: [
      ...io(
        'git/pkt-line',
        'git/advertisement',
        'git/git-bundle',
        'git/pack-check',
        'git/pack-entry',
        'git/git-batch-output',
      ),
      ...agent('source/upload-pack'),
    ],
  },
  pushes: {
    file: 'test/gateway/git/git-fuzz.test.ts',
    parsers: [
      ...gateway('device-port/client-hello', 'git/fetch-request', 'git/push-report', 'git/advert'),
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
      ...io(
        'ssh/ssh-payload',
        'ssh/incoming-payloads',
        'ssh/ssh-connection',
        'ssh/key-login',
        'ssh/session-channels',
      ),
      ...gateway('people/people-command', 'people/people-session', 'people/people-connection'),
      'gateway/access/serve-ended-sessions.ts',
      ...gateway('tunnel/device-connection'),
      ...agent('tunnel/tunnel-connection'),
    ],
  },
  access: {
    file: 'test/agent/access/access-fuzz.test.ts',
    parsers: [
      ...agent('access/engine/engine-socket', 'access/engine/exec-frames', 'access/reports/device-command'),
      ...agent('access/server/forwards', 'access/server/session-requests', 'access/people/session-channel'),
      'core/access/user-name.ts',
    ],
  },
  'container-files': {
    file: 'test/agent/access/files-fuzz.test.ts',
    parsers: agent(
      ...['byte-input', 'file-facts', 'file-path', 'scp-command', 'sftp-packet', 'sftp-session'].map(
        name => `access/files/${name}`,
      ),
    ),
  },
  audit: {
    file: 'test/core/audit/audit-fuzz.test.ts',
    parsers: ['audit-entry', 'audit-commit', 'audit-piece', 'audit-log'].map(name => `core/audit/${name}.ts`),
  },
  sessions: {
    file: 'test/gateway/ssh/session-fuzz.test.ts',
    parsers: gateway('people/people-git', 'git/silence'),
  },
  requests: {
    file: 'test/gateway/device-port/http-fuzz.test.ts',
    parsers: gateway(
      'device-port/device-port',
      'device-port/device-server',
      'device-port/upgrades',
      'plain-port/plain-port',
      'plain-port/internal-routes',
      'plain-port/plain-route',
      'device-port/peer',
      'enrolment/enrolment-route',
      'git/fleet-routes',
      'telemetry/telemetry-routes',
      'telemetry/push-body',
      'upstream/webhook-desk',
      'upstream/webhook-signature',
    ),
  },
  answers: {
    file: 'test/agent/http-fuzz.test.ts',
    parsers: [
      ...io(
        'https/http-exchange',
        'https/http-upgrade',
        'https/http-proxy',
        'https/https-dialler',
        'https/pinned-connection',
      ),
      ...agent('trigger/hints'),
    ],
  },
  logs: {
    file: 'test/agent/telemetry/logs/log-files-fuzz.test.ts',
    parsers: agent(
      'telemetry/logs/json-file-format',
      'telemetry/logs/json-escapes',
      'telemetry/logs/local-format',
    ),
  },
  engine: {
    file: 'test/agent/runtime/engine/engine-fuzz.test.ts',
    parsers: agent(
      'runtime/engine/engine',
      'runtime/engine/answer-shape',
      'runtime/engine/engine-answers',
      'runtime/engine/engine-events',
      'runtime/engine/inspections',
      'runtime/engine/observe',
      'runtime/engine/containers',
      'runtime/engine/log-lines',
      'runtime/engine/log-frames',
      'runtime/engine/chunk-decoder',
      'runtime/engine/chunked-answer',
    ),
  },
  metrics: {
    file: 'test/agent/telemetry/metrics/metrics-fuzz.test.ts',
    parsers: agent(
      'telemetry/metrics/apps/exposition',
      'telemetry/metrics/apps/line-scanner',
      'telemetry/metrics/containers/cgroup-text',
      'telemetry/metrics/containers/engine-stats',
      'telemetry/metrics/containers/one-shot',
      'telemetry/metrics/host/clock-state',
      'telemetry/metrics/host/mounts',
      'telemetry/metrics/host/os-release',
      'telemetry/metrics/host/proc-text',
      'telemetry/metrics/host/temperatures',
    ),
  },
  recordings: {
    file: 'test/agent/access/recording/recording-fuzz.test.ts',
    parsers: [
      'core/recording/recording-line.ts',
      'core/recording/ledger-entry.ts',
      'core/recording/asciicast.ts',
      'core/recording/chunk-box.ts',
      ...agent('access/recording/outbox'),
    ],
  },
  backups: {
    file: 'test/core/backup/parse-manifest.test.ts',
    parsers: ['core/backup/parse-manifest.ts'],
  },
  manifests: { file: 'test/core/images/manifest.test.ts', parsers: ['core/images/manifest.ts'] },
  signatures: {
    file: 'test/core/images/signing/signing.test.ts',
    parsers: ['found-signatures', 'signed-payload', 'public-key'].map(
      name => `core/images/signing/${name}.ts`,
    ),
  },
  'gateway images': {
    file: 'test/agent/images/gateway-bytes-fuzz.test.ts',
    parsers: agent('images/gateway-bytes'),
  },
  registry: {
    file: 'test/core/io/registry/registry-fuzz.test.ts',
    parsers: [
      ...io(
        'registry/client',
        'registry/reference',
        'registry/manifest',
        'registry/registry-http',
        'registry/registry-login',
        'registry/registry-path',
      ),
      ...gateway('registry/upstream-registry', 'registry/upstream-login', 'registry/registry-routes'),
    ],
  },
  forward: {
    file: 'test/gateway/sinks/fluentd/forward-fuzz.test.ts',
    parsers: gateway('sinks/fluentd/message-reader', 'sinks/fluentd/handshake'),
  },
  guests: { file: 'test/gateway/guests/guest-desk.test.ts', parsers: gateway('guests/guest-desk') },
  disk: {
    file: 'test/agent/files-fuzz.test.ts',
    parsers: [
      ...io('file/checked-file', 'openssh-key'),
      ...trust('line/trusted-state'),
      ...agent('trigger/control', 'verify/trusted-commit'),
      ...gateway('fleet/trusted-file'),
    ],
  },
  'portal-terminals': {
    file: 'test/portal/terminal/terminal-fuzz.test.ts',
    parsers: [
      'cli/ssh/mux-packets.ts',
      'portal/terminal/terminal-frames.ts',
      'portal/sessions/watched-cast.ts',
      'core/recording/shown-cast.ts',
    ],
  },
  'portal-routes': {
    file: 'test/portal/route/route-fuzz.test.ts',
    parsers: ['portal/route/parameters.ts', 'portal/route/route.ts'],
  },
  'portal-page': {
    file: 'test/portal/page/page-fuzz.test.ts',
    parsers: ['api/events', 'api/shown', 'terminal/recording'].map(name => `portal/page/${name}.ts`),
  },
  'portal-requests': {
    file: 'test/portal/server/requests-fuzz.test.ts',
    parsers: [
      ...['portal-server', 'request-body', 'request-check', 'request-target'].map(
        name => `portal/server/${name}.ts`,
      ),
      'core/access/portal-login.ts',
    ],
  },
};

/** Sources that take bytes apart which no stranger has written. */
export const ownBytes: Readonly<Record<string, string>> = {
  'agent/update/slot-file.ts': 'what this device has written, or its package; a damaged one counts as none',
  'core/install/install-script.ts': 'deploy/install.sh, of this repository',
  'portal/page/api/client.ts':
    'answers of the page’s own server, as JSON alone; what strangers wrote in them api/shown.ts makes fit to be seen',
  'portal/page/api/live.ts': 'events that api/events.ts has read',
  'portal/page/route/place.ts': 'addresses of the page itself',
  'cli/portal/login-verb.ts':
    'a portal whose address the person has typed, over TLS: of its answer two texts count, each by its form',
  'gateway/portal/portal-settings.ts': 'gateway.yaml, the owner’s',
  'core/firewall/gateway-facts.ts': 'gateway.yaml, the owner’s',
  'cli/firewall/nft.ts': 'the first line of what nft says, for the message of an error',
  'portal/login/oidc-login.ts':
    'names and values of a target that was read; the rest openid-client takes apart',
  'cli/backup/desk-store.ts': 'last words of restic at this desk, for the message of an error',
  'cli/backup/prune.ts': 'the command line, and what restic says of bytes, printed',
  'agent/backup/stores/copy-backup.ts': 'a line of restic’s about what it has sent: a number for the log',
  'agent/backup/backup-folder.ts':
    'what this agent has written itself, in a folder that nobody else may enter',
  'agent/backup/helper-image.ts': 'the first block of an archive that the package brings',
  'agent/backup/volume-archive.ts': 'what our own script says in the helper, the last lines of it',
  'agent/backup/backup-hook.ts': 'words of a hook, which are redacted and not read',
  'gateway/registry/registry-settings.ts': 'gateway.yaml, the owner’s',
  'gateway/doctor/port-checks.ts': 'what the gateway on this very machine says of itself',
  'core/io/doctor/log-tail.ts': 'lines of this machine’s journal, which are redacted and not read',
  'core/io/doctor/redacted-yaml.ts':
    'a configuration of this machine’s owner, in which is hidden what is secret',
  'core/io/doctor/support-archive.ts': 'lines that it has written itself',
  'cli/doctor/desk-checks.ts': 'the first line of what a program says of its version',
  'cli/desk/kept-file.ts':
    'the clone’s own git directory, with a checksum; each value is checked by its schema',
  'cli/desk/selector-option.ts': 'the command line',
  'cli/rollout/step-request.ts': 'the command line, and the fleet’s own remote',
  'cli/release/changelog.ts': 'the command line, and messages that are printable by then',
  'portal/model/fleet/jump.ts': 'messages of commits, cut',
  'core/history/line-reader.ts': 'messages of commits, cut and printed',
  'cli/history/line-commits.ts': 'ids that git lists',
  'cli/history/device-answers.ts': 'ids that git lists; statuses are read by the reader of reports',
  'gateway/access/private-key-file.ts': 'keys of the gateway’s owner',
  'core/io/audit-key.ts': 'keys of the gateway’s owner',
  'gateway/audit/audit-spool.ts': 'the state directory; its lines are read as entries of the audit log',
  'cli/login/gateway-desk.ts': 'a gateway whose key the verified repository pins',
  'cli/login/browser-flow.ts': 'an address, which URL takes apart',
  'cli/login/provider.ts': 'the address of a provider that the verified repository names',
  'gateway/sinks/remote-write/sent-series.ts':
    'labels that it has written itself, to name a series that ends',
  'agent/telemetry/logs/file-chain.ts':
    'numbers of files and their sizes; what they hold, the formats beside it read',
  'agent/telemetry/spool/set-aside.ts': 'the state directory',
  'agent/telemetry/spool/spool-file.ts': 'the state directory, with a checksum',
  'agent/program/reading-log.ts': 'lines that this agent’s log has made',
  'cli/init/signers.ts': 'the type of a key that readSshPublicKey has read',
  'core/plan/hold.ts': 'what the person at the device types',
  'core/json.ts': 'who calls it: readFields() is looked for as JSON.parse() is',
  'agent/runtime/engine/create-container.ts':
    'a label that this agent has written; anything else there is none',
  'agent/projects/record-files.ts': 'the state directory',
  'agent/program/config.ts': 'agent.yaml, root’s',
  'agent/enrolment/enrol.ts': 'agent.yaml, root’s',
  'agent/enrolment/spent-tokens.ts': 'the state directory',
  'core/rollout/bucket.ts': 'a hash that it has made',
  'core/rollout/edited.ts': 'a file of the fleet that core/fleet/read-file.ts has read, by the library alone',
  'cli/rollout/step.ts': 'a message that it has made',
  'agent/enrolment/state-keys.ts': 'the state directory',
  'agent/program/re-anchor-verb.ts': 'agent.yaml, root’s',
  'agent/source/generation.ts': 'the state directory',
  'cli/desk/agent-file.ts': 'the operator’s own agent.yaml',
  'cli/command/child-program.ts': 'a path of this program',
  'cli/completion/verbs.ts': 'help texts of this program',
  'cli/device/device-token.ts': 'a token that was just made',
  'cli/desk/edit-yaml.ts': 'a file that the operator has at hand, by the library alone',
  'cli/init/hooks.ts': 'what git prints of the operator’s settings',
  'cli/init/signing-key.ts': 'what gpg and ssh-keygen print of the operator’s keys',
  'cli/init/template.ts': 'the template that ships',
  'cli/desk/push-command.ts': 'what git prints of its remotes',
  'cli/release/registry-credentials.ts': 'the operator’s Docker configuration and credential helper',
  'cli/desk/repository.ts': 'what git prints',
  'cli/registry/release-history.ts': 'what git prints',
  'cli/change/remote-main.ts': 'what git prints',
  'core/change/edited-at.ts':
    'files of the fleet that core/fleet/read-file.ts has read, by the library alone',
  'core/change/edited-yaml.ts':
    'files of the fleet that core/fleet/read-file.ts has read, by the library alone',
  'core/change/chosen-devices.ts': 'a selector that a person types',
  'cli/tunnel/change/tunnel-change.ts': 'what git prints',
  'gateway/portal/push-home.ts': 'what git prints',
  'portal/change/delivery.ts': 'a message that it has made',
  'cli/desk/signed-commit.ts': 'what git prints',
  'cli/agents/package-folder.ts':
    'a folder of the operator’s own; core/fleet/read-file.ts reads its one file, parts are hashed',
  'cli/app/app-folder.ts': 'files of the operator’s own, which are copied as they are',
  'cli/app/plain-secrets.ts':
    'files of the operator’s own, looked through by lines, and by the library alone',
  'cli/ssh/ssh-config.ts': 'the person’s own ~/.ssh/config, for a hint',
  'cli/desk/gateway-git.ts': 'what git prints',
  'cli/telemetry/telemetry-clone.ts': 'what git prints',
  'cli/telemetry/log-printer.ts':
    'records that core/telemetry/record/segment.ts has read; each line is shown as any text is',
  'cli/secret/history.ts': 'what git prints',
  'cli/validate/base-commit.ts': 'what git prints',
  'cli/validate/past-releases.ts': 'what git prints; core/fleet reads the files',
  'cli/release/layer-sizes.ts':
    'a cache of this desk; layers, unpacked by zlib and counted, in test/cli/release/image-facts.test.ts',
  'cli/session/recorded-fleet.ts':
    'the gateway’s words, a JSON object a line; core/recording reads what counts, and git the rest',
  'cli/session/opened-recording.ts': 'what was checked against its chain, a line a time by core/recording',
  'cli/secret/keyring.ts': 'what gpg prints',
  'cli/secret/secret-file.ts': 'core/secrets/document.ts reads them',
  'cli/desk/ssh-agent-key.ts': 'what ssh-add prints',
  'cli/command/terminal.ts': 'what is about to be shown: any text there is, in test/core/shown-text.test.ts',
  'core/trust/holders/holder-table.ts': 'hashes that core/trust/holders/claims.ts makes',
  'core/trust/holders/holder-text.ts': 'the state directory',
  'cli/status/reports.ts': 'what git prints; core/telemetry/device-report.ts reads the rest',
  'core/status/lineage.ts': 'what git prints, or core/status writes',
  'cli/status/listed-lineage.ts': 'what git prints',
  'cli/status/telemetry.ts': 'what git prints',
  'core/io/device-keys.ts': 'the own keys',
  'core/io/file/durable-file.ts': 'whatever its callers read',
  'core/io/openpgp-key.ts': 'the own key',
  'core/io/git/pack-file.ts': 'packs that core/io/git/pack-check.ts has let in, with an index made here',
  'core/io/https/self-signed-certificate.ts': 'random bytes',
  'gateway/enrolment/enrolment-desk.ts': 'the state directory; core/enrolment/statement.ts reads the rest',
  'gateway/sinks/http/sink-http.ts': 'the url of gateway.yaml; what a receiver answers is told by its status',
  'gateway/sinks/follow/device-keys.ts': 'the state directory',
  'gateway/sinks/follow/positions.ts': 'the state directory; a line is taken by its check sum',
  'gateway/sinks/records/sink-control.ts': 'the own user, on a socket in the state directory',
  'cli/gateway/control-socket.ts': 'the own gateway, on a socket in its state directory',
  'core/io/file/journal.ts': 'the state directory; a line is taken by its check sum',
  'gateway/notify/carriers/webhook.ts':
    'the url of gateway.yaml; what a receiver answers is told by its status',
  'gateway/notify/carriers/webhook-signature.ts': 'a secret of root’s beside gateway.yaml',
  'gateway/notify/notify-control.ts': 'the own user, on a socket in the state directory',
  'gateway/transitions/fleet/secret-looker.ts': 'what git prints; core/secrets reads the files',
  'gateway/sinks/settings/secret-file.ts': 'files of root’s beside gateway.yaml',
  'gateway/settings.ts': 'gateway.yaml, root’s',
  'agent/access/server/guest-session.ts': 'the gateway’s one word for a guest, which is hashed as it stands',
  'gateway/guests/guest-page.ts':
    'the script of the page, in a guest’s browser: lines that guest-desk.ts has made',
  'core/recording/recording-key.ts': 'keys of the trusted commit, by the library alone',
  'gateway/recordings/kept-ledger.ts': 'lines that core/recording/ledger-entry.ts reads',
  'gateway/recordings/recording-routes.ts':
    'pieces that stay as they are, and lines for core/recording/ledger-entry.ts',
  'agent/access/engine/left-running.ts': 'the state directory',
  'cli/desk/device-keys.ts': 'what git prints; core/fleet/read-file.ts reads the versions',
  'agent/access/recording/left-recording.ts':
    'the state directory; core/recording/recording-line.ts reads the lines',
  'gateway/git/bare-refs.ts': 'refs that git has written',
  'gateway/git/commit-set.ts': 'ids that were computed',
  'gateway/git/git-job.ts': 'frames of the own helper',
  'gateway/git/main-door-hook.ts': 'the state directory',
  'gateway/git/maintenance.ts': 'what git prints',
  'gateway/git/received-tips.ts': 'the state directory',
  'gateway/git/served-commits.ts': 'what git prints',
  'gateway/git/spawn-helper.ts': 'jobs of the own gateway, on a socket in a folder of its own',
  'gateway/telemetry/pack-writer.ts': 'ids that were computed',
  'gateway/fleet/tunnel-starts.ts': 'the state directory',
  'gateway/sinks/wire/unanswered.ts': 'the kernel’s own table',
  'gateway/upstream/forge.ts':
    'what git prints of the forge’s refs; an id or name of another form is left out',
};
