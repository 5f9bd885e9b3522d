/* Generated from portal/api/openapi.json by `npm run generate`. Do not edit. */

/**
 * Of a device, group, app, rollout or operator.
 */
export type Name = string;
/**
 * Name of a release.
 */
export type Version = string;
export type NeedKind =
  | 'stopped'
  | 'fork'
  | 'failed'
  | 'dark'
  | 'stale'
  | 'degraded'
  | 'doubtful'
  | 'paused-rollout'
  | 'waiting-enrolment'
  | 'open-tunnel'
  | 'old-pin';
/**
 * What a person wants; which files that changes is computed here.
 */
export type Intent =
  | PauseDevice
  | ResumeDevice
  | OpenTunnel
  | CloseTunnel
  | PromoteRollout
  | PauseRollout
  | ResumeRollout
  | AbortRollout
  | AssignRelease
  | PinRelease
  | UnpinRelease;

/**
 * Every answer that is no success.
 */
export interface ErrorAnswer {
  error: {
    /**
     * Stands in errors.md.
     */
    code: string;
    message: string;
    remedy?: string;
    position?: {
      file: string;
      line?: number;
      column?: number;
    };
  };
}
/**
 * A way to sign a change.
 */
export interface Way {
  way: 'local' | 'passkey' | 'patch' | 'request' | 'forge';
  open: boolean;
  /**
   * Why it is closed to this person, here and now.
   */
  why?: string;
}
/**
 * `support` of fleet.yaml: whom to ask.
 */
export interface Support {
  [k: string]: unknown;
}
/**
 * Who looks.
 */
export interface Me {
  /**
   * Operator, or the person of the clone.
   */
  name: string;
  by: 'desk' | 'passkey' | 'ssh' | 'oidc';
  kind: 'desk' | 'gateway';
  fleet?: string;
  /**
   * The trusted main that is shown.
   */
  commit?: string;
  /**
   * Whether files, plans and people are shown, too.
   */
  readsRepository: boolean;
  /**
   * Whether every device's telemetry is shown.
   */
  readsAll: boolean;
  pushes: 'all' | 'requests' | 'none';
  ways: Way[];
  /**
   * Of Towline.
   */
  version: string;
  /**
   * For the header `x-towline-csrf`; at a gateway.
   */
  csrf?: string;
  support?: Support;
}
/**
 * One thing that needs a person.
 */
export interface NeedItem {
  device?: string;
  /**
   * `app/name`.
   */
  rollout?: string;
  app?: string;
  /**
   * The reason, in words.
   */
  why: string;
  /**
   * Does, or shows, the same at a desk.
   */
  command: string;
  /**
   * ISO 8601, UTC.
   */
  since?: string;
}
export interface Need {
  kind: NeedKind;
  count: number;
  /**
   * At most 20.
   */
  items: NeedItem[];
}
export interface StageCount {
  name: string;
  open: boolean;
  promote: 'bot' | 'people';
  /**
   * How long it is looked at.
   */
  hold?: string;
  /**
   * How many belong to it.
   */
  devices: number;
  /**
   * State of a device in a rollout → how many.
   */
  states: {
    [k: string]: number;
  };
}
export interface RolloutRow {
  /**
   * `app/name`.
   */
  key: string;
  app: string;
  name: string;
  from: string[];
  to: string;
  stage: number;
  stages: StageCount[];
  state: 'running' | 'paused' | 'aborted' | 'complete' | 'over';
  /**
   * What comes next, in words.
   */
  next: string;
  /**
   * `advance`, `pause`, `wait`, `over`, …
   */
  nextKind: string;
  reason?: string;
  devices: number;
  done: number;
  failed: number;
  dark: number;
}
/**
 * Why what main's head says is not trusted.
 */
export interface Stopped {
  code: string;
  message: string;
  commit?: string;
  path?: string;
}
export interface Overview {
  fleet: string;
  commit: string;
  /**
   * Of the commit.
   */
  time: string;
  sentence: {
    devices: number;
    /**
     * Devices that need a person.
     */
    needs: number;
  };
  needs: Need[];
  /**
   * Under way, paused first; at most 50.
   */
  rollouts: RolloutRow[];
  /**
   * Standing → devices.
   */
  counts: {
    [k: string]: number;
  };
  /**
   * Reports are still being read: counts grow.
   */
  reading: boolean;
  /**
   * Of the board, for `/live`.
   */
  version: number;
  stopped?: Stopped;
  support?: Support;
  unreached?: Unreached;
  /**
   * At a desk: why what devices say of themselves is old, or not shown at all.
   */
  unheard?: string;
}
/**
 * At a desk: what is shown is as old as this, as nothing newer can be fetched.
 */
export interface Unreached {
  /**
   * When it was fetched last, ISO 8601, UTC; absent: not since the start.
   */
  asked?: string;
  why: string;
}
/**
 * A device in the list; what is absent is as usual.
 */
export interface Row {
  id: string;
  /**
   * Standing: outcome of the last pass, or `not shown`, `never seen`, `no keys`, `retired`; `unread`: its report is being read; `not yours`: this person does not read its telemetry.
   */
  s: string;
  /**
   * When it said so, seconds since the epoch, its own clock.
   */
  r?: number;
  /**
   * How many commits of main it is behind; -1: off this line, or not known. Absent: none.
   */
  b?: number;
  /**
   * Wanted: apps with releases, in words.
   */
  w?: string;
  /**
   * Runs now, in words; absent where it is what is wanted, and healthy.
   */
  n?: string;
  /**
   * Tunnel, where it is not closed.
   */
  t?: string;
  /**
   * Why, at most 120 characters.
   */
  y?: string;
  /**
   * What it needs a person for.
   */
  k?: NeedKind[];
  /**
   * Revoked.
   */
  x?: boolean;
}
export interface Rows {
  /**
   * How many the filter finds.
   */
  total: number;
  offset: number;
  /**
   * Of the board, for `/live`.
   */
  version: number;
  reading: boolean;
  rows: Row[];
}
export interface Trouble {
  words: string;
  code?: string;
  app?: string;
  /**
   * Looks further at a desk.
   */
  command: string;
}
export interface Pin {
  /**
   * ISO 8601, UTC.
   */
  until?: string;
  reason?: string;
}
export interface ServiceImage {
  service: string;
  image: string;
  digest: string;
}
export interface ServiceState {
  service: string;
  /**
   * As the engine has it.
   */
  state: string;
  health?: string;
  image?: string;
  restarts?: number;
  exitCode?: number;
}
export interface DeviceApp {
  app: string;
  /**
   * Release.
   */
  wanted?: string;
  /**
   * Release that is downloaded ahead.
   */
  next?: string;
  pin?: Pin;
  /**
   * `app/name`, which decides it.
   */
  rollout?: string;
  paused: boolean;
  /**
   * Why it runs nothing.
   */
  conflict?: string;
  /**
   * Release, by what the device has signed.
   */
  running?: string;
  state?: string;
  message?: string;
  /**
   * ISO 8601, UTC.
   */
  since?: string;
  /**
   * What comes ahead, in words.
   */
  comes?: string;
  /**
   * Of the wanted release.
   */
  services: ServiceImage[];
  /**
   * By what the device has signed.
   */
  containers: ServiceState[];
}
export interface Condition {
  type: string;
  status: boolean;
  reason: string;
  message: string;
  /**
   * ISO 8601, UTC.
   */
  since?: string;
}
export interface DeviceTunnel {
  wanted: 'open' | 'closed';
  /**
   * ISO 8601, UTC.
   */
  until?: string;
  reason?: string;
  allow?: string[];
  /**
   * As the device says.
   */
  state?: string;
  /**
   * Whether its connection stands at this gateway now.
   */
  up?: boolean;
}
export interface Device {
  id: string;
  /**
   * Its file.
   */
  path: string;
  /**
   * The main that is shown.
   */
  commit: string;
  groups: {
    name: string;
    path: string;
  }[];
  labels: {
    [k: string]: string;
  };
  standing: string;
  revoked: boolean;
  retired?: string;
  why: Trouble[];
  needs: NeedItem[];
  apps: DeviceApp[];
  tunnel: DeviceTunnel;
  /**
   * The whole device.
   */
  paused: boolean;
  /**
   * Whether what it says of itself is shown to this person.
   */
  reads: boolean;
  report?: {
    /**
     * Of its telemetry branch.
     */
    commit: string;
    /**
     * Its own clock.
     */
    time: string;
    trusted: string;
    behind?: number;
    ahead?: number;
    /**
     * ISO 8601, UTC.
     */
    behindSince?: string;
    /**
     * ISO 8601, UTC.
     */
    lineTime?: string;
    outcome: string;
    pass?: string;
    /**
     * Version.
     */
    agent: string;
    /**
     * How its agent comes to another version, in words; absent: it does not.
     */
    agentUpdate?: string;
    /**
     * What of it nobody maintains any more, or soon will not, a sentence each; absent: nothing.
     */
    outOfSupport?: string[];
    engine?: string;
    /**
     * ISO 8601, UTC.
     */
    started?: string;
    walk?: number;
    /**
     * As status.yaml has it.
     */
    host?: {
      [k: string]: unknown;
    };
    conditions: Condition[];
    stopped?: Stopped;
    /**
     * State of an app → how many.
     */
    health?: {
      [k: string]: number;
    };
  };
  /**
   * Why what stands on its branch is not its word.
   */
  doubt?: string;
  keys?: {
    /**
     * SHA-256 of its SSH key, as ssh-keygen shows it.
     */
    ssh?: string;
    tls?: string;
  };
  /**
   * What this person may try; the reason is told where it is tried.
   */
  can: {
    terminal: boolean;
    logs: boolean;
    bundle: boolean;
  };
}
export interface PlanAnswer {
  device: string;
  commit: string;
  /**
   * As `towline plan` prints it.
   */
  lines: string[];
  /**
   * One of `plans` of `towline plan --json`.
   */
  plan: {
    [k: string]: unknown;
  };
  /**
   * What the device has now.
   */
  from?: string;
}
export interface EffectiveValue {
  /**
   * JSON pointer.
   */
  pointer: string;
  value: unknown;
  /**
   * A file of the repository, `(default)` or `(towline)`.
   */
  from: string;
  /**
   * In that file.
   */
  line?: number;
}
export interface Values {
  device: string;
  commit: string;
  values: EffectiveValue[];
  problems: {
    code: string;
    message: string;
    file?: string;
    line?: number;
  }[];
}
export interface ValueChange {
  /**
   * JSON pointer.
   */
  at: string;
  /**
   * From what to what.
   */
  words: string;
}
export interface CommitWord {
  commit: string;
  /**
   * ISO 8601, UTC.
   */
  time: string;
  subject: string;
  /**
   * Who signed it, in words.
   */
  vouched: string;
}
export interface TimelineEntry {
  kind: 'status' | 'commit';
  /**
   * ISO 8601, UTC.
   */
  time: string;
  /**
   * Of main, or of the device's branch.
   */
  commit: string;
  outcome?: string;
  trusted?: string;
  words?: string;
  subject?: string;
  vouched?: string;
  changes?: ValueChange[];
}
export interface Timeline {
  device: string;
  /**
   * The newest first.
   */
  entries: TimelineEntry[];
  /**
   * For the next page; absent: there is no more.
   */
  before?: string;
  /**
   * Why older ones are not shown.
   */
  cut?: string;
}
export interface LogLine {
  id: string;
  /**
   * RFC 3339.
   */
  time: string;
  /**
   * Project.
   */
  app: string;
  service: string;
  container: string;
  stream?: string;
  level?: string;
  text: string;
  /**
   * Something is missing here; `text` says what.
   */
  gap?: boolean;
}
export interface Logs {
  device: string;
  /**
   * The oldest first.
   */
  lines: LogLine[];
  /**
   * For older ones.
   */
  before?: string;
  services: {
    app: string;
    service: string;
  }[];
  doubtful: string[];
  tip?: string;
  leftOut?: number;
  /**
   * Why older ones are not here, where that is so.
   */
  cut?: string;
}
export interface SeriesWord {
  /**
   * `name{label="value"}`.
   */
  key: string;
  name: string;
  type: string;
  unit?: string;
}
export interface Metrics {
  device: string;
  /**
   * Names of all series there are.
   */
  names: string[];
  series: SeriesWord[];
  /**
   * As uPlot takes them: times in seconds, then a column for each of `series`; of counters, what they add in a second.
   */
  columns: (number | null)[][];
  doubtful: string[];
  /**
   * Why older ones are not here, where that is so.
   */
  cut?: string;
}
export interface ReleaseWord {
  version: string;
  made?: CommitWord;
  notes?: string;
  withdrawn?: string;
  breaking?: string;
  migration?: string;
  /**
   * Devices that are to have it.
   */
  wanted: number;
  /**
   * Devices that say they have it.
   */
  running: number;
  failed: number;
}
export interface AppRow {
  app: string;
  releases: number;
  newest?: string;
  devices: number;
  /**
   * Release → devices that are to have it.
   */
  versions: {
    [k: string]: number;
  };
  rollouts: string[];
  /**
   * Devices on which it is not well.
   */
  troubled: number;
}
export interface Apps {
  commit: string;
  apps: AppRow[];
}
export interface App {
  app: string;
  commit: string;
  releases: ReleaseWord[];
  rollouts: RolloutRow[];
  assignedBy: {
    path: string;
    release?: string;
  }[];
}
export interface ReleaseImage {
  service: string;
  image: string;
  digest: string;
  platforms: string[];
  /**
   * By whom, as it was found when the release was made.
   */
  signed?: string;
  /**
   * What trust/images.yaml asks of it.
   */
  wants?: string;
}
export interface Release {
  app: string;
  version: string;
  commit: string;
  made?: CommitWord;
  notes?: string;
  withdrawn?: string;
  breaking?: string;
  migration?: string;
  requires?: {
    [k: string]: unknown;
  };
  variables: {
    [k: string]: string;
  };
  /**
   * By name.
   */
  secrets: string[];
  composeHash?: string;
  files: string[];
  images: ReleaseImage[];
  /**
   * Devices that are to have it; at most 1,000.
   */
  wanted: string[];
  wantedCount: number;
  pins: string[];
  assignedBy: string[];
  /**
   * State → devices; at most 1,000 each.
   */
  runs: {
    [k: string]: string[];
  };
  runsCount: {
    [k: string]: number;
  };
  problems: string[];
}
export interface ReleaseDiff {
  app: string;
  from: string;
  to: string;
  parts: {
    /**
     * `images`, `service web`, …
     */
    title: string;
    changes: ValueChange[];
  }[];
  files: {
    path: string;
    change: 'added' | 'removed' | 'changed';
  }[];
  unread: string[];
}
export interface RolloutDevice {
  device: string;
  stage: number;
  state: string;
  why: string;
  /**
   * ISO 8601, UTC.
   */
  since?: string;
}
export interface RolloutAction {
  intent: 'promote-rollout' | 'pause-rollout' | 'resume-rollout' | 'abort-rollout';
  open: boolean;
  /**
   * Why not now.
   */
  why?: string;
  command: string;
}
export interface Rollout {
  key: string;
  path: string;
  row: RolloutRow;
  /**
   * ISO 8601, UTC.
   */
  since?: string;
  /**
   * What the gate asks, in words.
   */
  gate: string[];
  devices: RolloutDevice[];
  devicesTotal: number;
  outage?: string;
  actions: RolloutAction[];
}
export interface Rollouts {
  commit: string;
  rollouts: RolloutRow[];
}
export interface Requirement {
  what: string;
  met: 'yes' | 'no' | 'unknown';
  why?: string;
}
export interface UpgradeOption {
  version: string;
  notes?: string;
  breaking?: string;
  migration?: string;
  requirements: Requirement[];
  /**
   * Whether this person may take a bundle there.
   */
  bundle: boolean;
  /**
   * Text of a request.
   */
  request: string;
}
export interface Upgrade {
  device: string;
  app: string;
  running?: string;
  wanted?: string;
  state?: string;
  /**
   * Releases that it may take, the newest first.
   */
  options: UpgradeOption[];
}
export interface Upgrades {
  commit: string;
  total: number;
  offset: number;
  upgrades: Upgrade[];
  support?: Support;
}
export interface AuditLine {
  seq: number;
  /**
   * ISO 8601, UTC.
   */
  time: string;
  type: string;
  what: string;
  state?: string;
  device?: string;
  person?: string;
  from?: string;
  details: string;
}
export interface Audit {
  /**
   * The newest first.
   */
  entries: AuditLine[];
  /**
   * For older ones: the number of the oldest that was looked at.
   */
  before?: number;
  /**
   * Whether the lines were compared with each other here; all of it: `towline audit verify`.
   */
  verified: 'chain' | 'none';
  command: string;
}
export interface Enrolment {
  device: string;
  /**
   * Two are one too many: somebody else has the token.
   */
  statements: {
    /**
     * SHA-256 of its SSH key.
     */
    ssh: string;
    /**
     * SHA-256 of its TLS key.
     */
    tls: string;
    /**
     * What both sides compare.
     */
    fingerprint: string;
  }[];
  command: string;
}
export interface Enrolments {
  enrolments: Enrolment[];
}
export interface Person {
  name: string;
  path: string;
  description?: string;
  git: {
    fleet: string;
    telemetry: string;
  };
  reads: string[];
  tunnels: string[];
  bundles: string[];
  /**
   * Items: Kind, SHA-256 and comment.
   */
  keys: string[];
  /**
   * Names of principals of the policy that have one of these keys.
   */
  signs: string[];
  oidc: string[];
}
export interface People {
  commit: string;
  people: Person[];
}
export interface Hit {
  kind: 'device' | 'app' | 'release' | 'rollout' | 'person' | 'commit' | 'screen';
  name: string;
  /**
   * Of the page.
   */
  path: string;
  more?: string;
}
export interface Hits {
  /**
   * At most 20.
   */
  hits: Hit[];
}
export interface Session {
  device: string;
  id: string;
  person?: string;
  what?: string;
  /**
   * ISO 8601, UTC.
   */
  begin?: string;
  /**
   * ISO 8601, UTC.
   */
  end?: string;
  live: boolean;
  bytes?: number;
  watch: {
    open: boolean;
    why?: string;
  };
  replay: {
    open: boolean;
    why?: string;
    command: string;
  };
}
export interface Sessions {
  /**
   * The newest first.
   */
  sessions: Session[];
  /**
   * Devices whose ledger is not what they have signed: none of their sessions is listed.
   */
  doubts: {
    device: string;
    code: string;
    message: string;
  }[];
  /**
   * There are more.
   */
  isCut: boolean;
}
export interface PauseDevice {
  intent: 'pause-device';
  /**
   * @minItems 1
   * @maxItems 1000
   */
  devices: Name[];
  app?: Name;
  reason?: string;
}
export interface ResumeDevice {
  intent: 'resume-device';
  /**
   * @minItems 1
   * @maxItems 1000
   */
  devices: Name[];
  app?: Name;
}
export interface OpenTunnel {
  intent: 'open-tunnel';
  device: Name;
  /**
   * A length of time: `2h`.
   */
  for?: string;
  reason?: string;
  /**
   * @maxItems 64
   */
  allow?: Name[];
}
export interface CloseTunnel {
  intent: 'close-tunnel';
  device: Name;
}
export interface PromoteRollout {
  intent: 'promote-rollout';
  /**
   * `app/name`.
   */
  rollout: string;
  now?: boolean;
}
export interface PauseRollout {
  intent: 'pause-rollout';
  /**
   * `app/name`.
   */
  rollout: string;
  reason?: string;
}
export interface ResumeRollout {
  intent: 'resume-rollout';
  /**
   * `app/name`.
   */
  rollout: string;
}
export interface AbortRollout {
  intent: 'abort-rollout';
  /**
   * `app/name`.
   */
  rollout: string;
  reason?: string;
}
export interface AssignRelease {
  intent: 'assign-release';
  app: Name;
  release: Version;
  device?: Name;
  group?: Name;
}
export interface PinRelease {
  intent: 'pin';
  device: Name;
  app: Name;
  release: Version;
  until?: string;
  reason?: string;
}
export interface UnpinRelease {
  intent: 'unpin';
  device: Name;
  app: Name;
}
export interface FileDiff {
  path: string;
  /**
   * Unified.
   */
  diff: string;
}
export interface DevicePlanText {
  device: string;
  lines: string[];
  plan: {
    [k: string]: unknown;
  };
}
export interface Progress {
  step: 'pushed' | 'trusted' | 'seen' | 'applied' | 'healthy' | 'failed';
  /**
   * ISO 8601, UTC.
   */
  time?: string;
  devices?: {
    seen: number;
    applied: number;
    healthy: number;
    failed: number;
    of: number;
  };
  words?: string;
}
export interface Proposal {
  id: string;
  state: 'shown' | 'signed' | 'pushed' | 'trusted' | 'done' | 'moved' | 'refused';
  intent: Intent;
  /**
   * Main that it stands on.
   */
  base: string;
  /**
   * Of the commit without a signature.
   */
  commit: string;
  /**
   * To compare with `towline show`.
   */
  fingerprint: string;
  message: string;
  files: FileDiff[];
  devices: {
    count: number;
    plans: DevicePlanText[];
  };
  /**
   * Who must sign.
   */
  needs: string[];
  ways: Way[];
  /**
   * Does the same at a desk.
   */
  command: string;
  /**
   * As it stands on main.
   */
  signed?: string;
  /**
   * Branch, or address of a pull request.
   */
  request?: string;
  /**
   * For navigator.credentials.get.
   */
  challenge?: {
    [k: string]: unknown;
  };
  progress?: Progress[];
  refused?: {
    code: string;
    message: string;
    remedy?: string;
  };
  /**
   * Id of the proposal on the main of now.
   */
  successor?: string;
}
export interface SignRequest {
  way: 'local' | 'passkey' | 'request' | 'forge';
  assertion?: Assertion;
}
/**
 * base64url.
 */
export interface Assertion {
  credentialId: string;
  authenticatorData: string;
  clientDataJson: string;
  signature: string;
}
export interface TerminalRequest {
  device: Name;
  /**
   * As in `ssh NAME@pump-17`: a service, or `app.service`. Absent: the device's own menu.
   */
  name?: string;
  columns?: number;
  rows?: number;
}
export interface Ticket {
  ticket: string;
  /**
   * ISO 8601, UTC.
   */
  expires: string;
}
export interface BundleRequest {
  device: Name;
  /**
   * A commit that the device trusts already.
   */
  since?: string;
}
export interface Bundle {
  id: string;
  device: string;
  state: 'making' | 'ready' | 'failed';
  bytes: number;
  totalBytes?: number;
  /**
   * In hex, of the whole file.
   */
  sha256?: string;
  why?: string;
  name: string;
  /**
   * What is not in it, and why.
   */
  notes: string[];
}
export interface LoginWays {
  ways: {
    way: 'token' | 'passkey' | 'ssh' | 'oidc';
    open: boolean;
    why?: string;
    /**
     * Of the provider.
     */
    name?: string;
  }[];
  /**
   * At a gateway.
   */
  fleet?: string;
}
export interface TokenLogin {
  token: string;
  /**
   * At a gateway: only say as whom it would be.
   */
  look?: boolean;
}
export interface TokenAnswer {
  /**
   * At a desk, for `Authorization: Bearer`. A gateway sets a cookie.
   */
  session?: string;
  /**
   * At a gateway: who it is, or would be.
   */
  name?: string;
  csrf?: string;
}
export interface SshLoginBegin {
  person?: Name;
}
export interface SshLoginChallenge {
  id: string;
  /**
   * What is signed.
   */
  text: string;
  command: string;
  /**
   * ISO 8601, UTC.
   */
  expires: string;
}
export interface SshLoginFinish {
  id: string;
  /**
   * Armored.
   */
  signature: string;
  /**
   * For a program: a word that a page takes up by `/login/token`, in place of a cookie.
   */
  word?: boolean;
}
export interface PasskeyLoginBegin {
  person?: Name;
}
export interface PasskeyLoginChallenge {
  id: string;
  /**
   * For navigator.credentials.get.
   */
  options: {
    [k: string]: unknown;
  };
  /**
   * ISO 8601, UTC.
   */
  expires: string;
}
export interface PasskeyLoginFinish {
  id: string;
  assertion: Assertion;
}
export interface PasskeyRegistration {
  /**
   * SubjectPublicKeyInfo, base64url.
   */
  publicKey: string;
  credentialId: string;
  for: 'login' | 'signing';
}
export interface PasskeyLine {
  /**
   * For the file of an operator, or the policy.
   */
  line: string;
  /**
   * Where a person puts it.
   */
  file: string;
}
export interface LoggedIn {
  name?: string;
  csrf?: string;
  /**
   * Where it was asked for; nobody is logged in by it yet.
   */
  word?: string;
}
export interface TakenBack {
  device: string;
  /**
   * Commit at which the device's branch is.
   */
  head: string;
  /**
   * False: all of it was there already.
   */
  isNew: boolean;
}
/**
 * `user` of navigator.credentials.create.
 */
export interface PasskeyUser {
  /**
   * base64url
   */
  id: string;
  name: string;
  displayName: string;
}
export interface PasskeyUsers {
  login: PasskeyUser;
  signing: PasskeyUser;
}
export interface LoginOidcBackQuery {
  code?: string;
  state?: string;
  iss?: string;
  error?: string;
  error_description?: string;
}
export interface DevicesQuery {
  /**
   * Words that must stand in id, labels, groups, apps or the reason.
   */
  q?: string;
  /**
   * One or some, with commas.
   */
  standing?: string;
  /**
   * `key=value` or `key`, with commas: all of them.
   */
  label?: string;
  group?: Name;
  app?: Name;
  release?: Version;
  need?: NeedKind;
  sort: 'device' | 'reported' | 'outcome' | 'behind' | 'release';
  order: 'asc' | 'desc';
  offset: number;
  limit: number;
}
export interface DeviceTimelineQuery {
  before?: string;
  limit: number;
}
export interface DeviceLogsQuery {
  app?: Name;
  service?: string;
  /**
   * Words that must stand in a line.
   */
  q?: string;
  level?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
  /**
   * A time, or a length of time before now; 1h.
   */
  since?: string;
  before?: string;
  limit: number;
}
export interface DeviceMetricsQuery {
  /**
   * Part of a name; with commas.
   */
  series?: string;
  /**
   * A time, or a length of time before now; 1h.
   */
  from?: string;
  to?: string;
  points: number;
}
export interface ReleaseDiffQuery {
  from: Version;
}
export interface RolloutQuery {
  state?: string;
  offset: number;
  limit: number;
}
export interface UpgradesQuery {
  device?: Name;
  offset: number;
  limit: number;
}
export interface AuditQuery {
  device?: Name;
  person?: Name;
  /**
   * One or some, with commas.
   */
  type?: string;
  since?: string;
  until?: string;
  before?: number;
  limit: number;
}
export interface JumpQuery {
  q: string;
}
export interface LiveQuery {
  /**
   * Devices, with commas.
   */
  ids?: string;
  device?: Name;
  logs?: Name;
  service?: string;
  change?: string;
  overview?: '1';
}
export interface SessionsQuery {
  device?: Name;
}
