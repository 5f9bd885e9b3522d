/* Generated from schemas/*.schema.json by `npm run generate`. Do not edit. */

/**
 * Version of the file format.
 */
export type ApiVersion = 'towline/v1';
/**
 * Lower-case letters, digits and dashes, starting with a letter or digit, up to 63 characters.
 */
export type Name = string;
/**
 * Name of a release: letters, digits, dot, dash, underscore, plus.
 */
export type Version = string;
/**
 * Full commit id, 40 hexadecimal digits.
 */
export type Commit = string;
/**
 * Content digest.
 */
export type Digest = string;
/**
 * SHA-256 of a file's bytes, 64 hexadecimal digits.
 */
export type FileHash = string;
/**
 * Operating system and processor as image indexes name them.
 */
export type Platform = string;
/**
 * A length of time: whole numbers with ms, s, m, h or d, such as 90s, 1h30m, 14d.
 */
export type Duration = string;
/**
 * A number of bytes: a whole number with B, KiB, MiB or GiB.
 */
export type Size = string;
/**
 * A moment in UTC, RFC 3339.
 */
export type Instant = string;
/**
 * A cron expression of five fields, or six with seconds first.
 */
export type Cron = string;
/**
 * Name of a backup: when it was begun, and the first digits of the digest of what ran.
 */
export type BackupId = string;
/**
 * SHA-256 of the TLS key's SubjectPublicKeyInfo, base64.
 */
export type Pin = string;
/**
 * One line of an OpenSSH public key file.
 */
export type SshPublicKey = string;
/**
 * A passkey: type, key and credential id, as `portal` shows them after registering it. The key's application is the RP id: the portal's host, or a domain above it.
 */
export type Passkey = string;
/**
 * A part of a hundred.
 */
export type Percentage = string;
/**
 * Whether people can reach this device: open or closed, or the long form.
 */
export type Tunnel =
  | ('open' | 'closed')
  | {
      /**
       * open or closed.
       */
      state: 'open' | 'closed';
      /**
       * When it closes by itself, at the latest; `tunnels.maxDuration` of fleet.yaml bounds it.
       */
      until?: string;
      /**
       * Why it is open; stands in the status and in the audit log.
       */
      reason?: string;
      /**
       * What can be reached. Without it: ssh, at 127.0.0.1:22.
       *
       * @minItems 1
       * @maxItems 16
       */
      targets?: TunnelTarget[];
      /**
       * Operators by name who may come in. Without it: everyone whose own file reaches this device.
       */
      allow?: Name[];
    };
/**
 * A SOPS file below secrets/: .yaml, .json or .env. The first name below secrets/, without extension and split at `+`, lists the apps that it is for.
 */
export type SecretFile = string;
/**
 * SOPS files whose top-level values are secret variables of the app. Of one name in several files the later wins; an assignment's files come after the app's.
 *
 * @maxItems 16
 */
export type SecretFiles = SecretFile[];
/**
 * A store: a repository of restic for each device. `{device}` stands for its id.
 */
export type BackupStore = BackupFolder | BackupServer;
/**
 * A SOPS file of this device alone, secrets/backups/<device>.yaml or below secrets/backups/<device>/: `password` of the repository and, for SFTP, `identity`, a private key of OpenSSH. `towline backup key` makes it.
 */
export type BackupSecret = string;
/**
 * A SOPS file below secrets/: .yaml, .json or .env. The first name below secrets/, without extension and split at `+`, lists the apps that it is for.
 */
export type RegistryCredentials = string;
/**
 * A version of numbers with dots, the oldest that is good enough, in quotes.
 */
export type LeastVersion = string;
/**
 * Where a sink begins when it is there for the first time: at the oldest that the gateway has kept, or with what comes from now on.
 */
export type SinkFrom = 'oldest' | 'now';
/**
 * http or https, without a user and without a query.
 */
export type SinkUrl = string;
/**
 * host:port.
 */
export type SinkAddress = string;
/**
 * User for basic authentication, with `passwordFile`.
 */
export type SinkUsername = string;
/**
 * File with that user's password, its end of line apart. An absolute path; read again on SIGHUP.
 */
export type SinkPasswordFile = string;
/**
 * File with a bearer token. An absolute path; read again on SIGHUP.
 */
export type SinkTokenFile = string;
/**
 * How long one exchange may take.
 */
export type SinkTimeout = string;
/**
 * A service of an app: app.service.
 */
export type ServiceName = string;
/**
 * A line that can be read.
 */
export type ContactText = string;
/**
 * A PEM, or the path of a file with it in trust/keys/.
 */
export type Pem = string;
/**
 * A type of message, or a group of them: the word before the point.
 */
export type NotifyEvent =
  | 'device'
  | 'device.dark'
  | 'device.failed'
  | 'device.set-aside'
  | 'device.rolled-back'
  | 'device.degraded'
  | 'device.backup'
  | 'device.disk'
  | 'device.clock'
  | 'device.stale'
  | 'device.stopped'
  | 'device.doubtful'
  | 'trust'
  | 'trust.fork'
  | 'tunnel'
  | 'tunnel.open'
  | 'release'
  | 'release.made'
  | 'release.began'
  | 'release.healthy'
  | 'release.failed'
  | 'release.went-back'
  | 'rollout'
  | 'rollout.stage'
  | 'rollout.paused'
  | 'rollout.complete'
  | 'rollout.aborted'
  | 'enrolment'
  | 'enrolment.waiting'
  | 'secret'
  | 'secret.due'
  | 'gateway'
  | 'gateway.stopped'
  | 'gateway.disk'
  | 'gateway.clock';
/**
 * Name of a lab: lower-case letters, digits and dashes, up to 16 characters.
 */
export type LabName = string;
/**
 * own: each device of the site has a Docker Engine of its own, some 120 MB of memory each. shared: one engine for the site, beside its devices; their projects have prefixes, and HTTP_PORT is another one for each.
 */
export type LabEngine = 'own' | 'shared';

export interface Unused {
  [k: string]: unknown;
}
/**
 * Labels that selectors match.
 */
export interface Labels {
  [k: string]: string;
}
/**
 * Values for interpolation in Compose files. The narrowest file wins: fleet, then groups by priority, then device.
 */
export interface Variables {
  [k: string]: string | number | boolean;
}
/**
 * A gateway that devices may dial, with the keys they accept there.
 */
export interface Gateway {
  /**
   * host:port of the device port.
   */
  address: string;
  /**
   * TLS keys that are accepted, several at a time while one is being replaced.
   *
   * @minItems 1
   * @maxItems 8
   */
  tlsPins: Pin[];
  /**
   * SSH host keys of the gateway: for tunnels and for people.
   *
   * @maxItems 8
   */
  sshHostKeys?: SshPublicKey[];
  /**
   * Keys with which this gateway logs in at a device's SSH server, for sessions under `access.viaGateway` and links under `access.share`.
   *
   * @maxItems 4
   */
  accessKeys?: SshPublicKey[];
  /**
   * Keys with which this gateway's signer makes certificates of people.
   *
   * @maxItems 4
   */
  certificateKeys?: SshPublicKey[];
}
/**
 * Which devices. All conditions must hold; an empty selector matches none.
 */
export interface Selector {
  /**
   * Every device.
   */
  all?: true;
  /**
   * Devices by id.
   */
  devices?: Name[];
  /**
   * Devices in any of these groups.
   */
  groups?: Name[];
  labels?: Labels;
}
/**
 * What must be so at the devices of all open stages before the next one is opened. Judged by whoever opens it, from what devices have signed; devices cannot judge it.
 */
export interface Gate {
  /**
   * So many devices have it, and are well.
   */
  min?: number;
  /**
   * Of those that have it or have failed, so many are well.
   */
  success?: string;
  /**
   * More failures pause the rollout at once: a number of devices, or a part of those that have it or have failed.
   */
  failures?: number | Percentage;
  /**
   * How long devices may take; then the rollout is paused, and says for whom it waits.
   */
  within?: string;
}
/**
 * A time in which updates may be applied, or images downloaded.
 */
export interface Window {
  /**
   * When the window opens, each time.
   */
  start: string;
  /**
   * How long it stays open.
   */
  duration: string;
  /**
   * IANA time zone.
   */
  timeZone: string;
  /**
   * update: what runs may be changed, and images may come. download: images alone. Where there is a window of either kind, images come in windows only; where there is none of kind update, what runs is changed at any time.
   */
  kind?: 'update' | 'download';
}
/**
 * Where a tunnel leads on the device's side.
 */
export interface TunnelTarget {
  /**
   * Lower-case letters, digits and dashes, starting with a letter or digit, up to 63 characters.
   */
  name: string;
  /**
   * Host as the device sees it.
   */
  host?: string;
  /**
   * The TCP port there.
   */
  port: number;
}
/**
 * Where backups of these devices are copied to, by name: `backup.to` of an app's file says one. Of each name the narrowest file that gives it counts, whole.
 */
export interface BackupStores {
  [k: string]: BackupStore;
}
/**
 * A folder on the device, of a disk that is not its first.
 */
export interface BackupFolder {
  /**
   * Of the repository. A disk that is not mounted is waited for.
   */
  folder: string;
  /**
   * The folder may lie on the device's first disk.
   */
  onFirstDisk?: boolean;
  secret: BackupSecret;
  /**
   * Bytes in a second that a copy takes at most. Without it, as many as there are.
   */
  maxRate?: string;
}
/**
 * A folder on a server that offers SFTP.
 */
export interface BackupServer {
  sftp: {
    /**
     * host:port.
     */
    address: string;
    /**
     * Whom the device logs in as.
     */
    user: string;
    /**
     * Of the repository.
     */
    path: string;
    /**
     * Keys that the server may show.
     *
     * @minItems 1
     * @maxItems 8
     */
    hostKeys: SshPublicKey[];
  };
  secret: BackupSecret;
  /**
   * Bytes in a second that a copy takes at most. Without it, as many as there are.
   */
  maxRate?: string;
}
/**
 * A backup that is put back.
 */
export interface RestoreRequest {
  /**
   * Lower-case letters, digits and dashes, starting with a letter or digit, up to 63 characters.
   */
  app: string;
  /**
   * Id of the backup.
   */
  backup: string;
  /**
   * Release that the backup is of.
   */
  release?: string;
  /**
   * The data is of another release than the app has; the app is trusted to read it.
   */
  migrate?: boolean;
}
/**
 * An app on a device.
 */
export interface AppAssignment {
  release?: Version;
  /**
   * Why a device has a release of its own, and until when. In a device's own file, beside `release`: no rollout moves such a device, and after `until` it has what fleet.yaml and groups give.
   */
  pinned?: {
    until?: Instant;
    /**
     * For people.
     */
    reason?: string;
  };
  /**
   * Name of a release: letters, digits, dot, dash, underscore, plus.
   */
  next?: string;
  variables?: Variables;
  secrets?: SecretFiles;
  /**
   * Leave what runs as it is.
   */
  paused?: boolean;
  /**
   * A wider file assigns the app; this one takes it away.
   */
  absent?: boolean;
  /**
   * Compose profiles that are on.
   */
  profiles?: string[];
  /**
   * Raise it to have a release tried again that was set aside.
   */
  retry?: number;
  update?: Update;
}
/**
 * How an app is updated.
 */
export interface Update {
  /**
   * recreate: each service is replaced in turn; stop-first: all services that change stop before the first starts; handover: the new container runs beside the old one until it is healthy; rolling: of a service with several containers one at a time.
   */
  strategy?: 'recreate' | 'stop-first' | 'handover' | 'rolling';
  /**
   * With handover and rolling: the services that are replaced so; the others go as with recreate. Left out: with handover all that do not end by themselves, with rolling all that have several containers.
   *
   * @minItems 1
   * @maxItems 128
   */
  services?: string[];
  /**
   * How long a project may take to become healthy; with all its other steps but pulls an hour at most.
   */
  healthTimeout?: string;
  /**
   * How long a service must run without a restart to count as healthy.
   */
  stablePeriod?: string;
  /**
   * While this file exists (a path inside the first service's container, or of a bind mount), updates wait.
   */
  lockFile?: string;
}
/**
 * App name → its release and settings here.
 */
export interface Apps {
  [k: string]: AppAssignment;
}
/**
 * Which agent these devices run, of those that root has listed in trust/agents. Without it nobody but the device's own packages updates it.
 */
export interface AgentChoice {
  /**
   * Name of a release: letters, digits, dot, dash, underscore, plus.
   */
  version: string;
  pinned?: VersionPin;
}
/**
 * Why a device has a version of its own, and until when. In a device's own file, beside the version: no rollout moves such a device, and after `until` it has what fleet.yaml and groups give.
 */
export interface VersionPin {
  until?: Instant;
  /**
   * For people.
   */
  reason?: string;
}
/**
 * How a device stands to the rollout that moves an app of it, or its agent.
 */
export interface RolloutStanding {
  /**
   * Name of a release: letters, digits, dot, dash, underscore, plus.
   */
  name: string;
  /**
   * The stage that the device belongs to, from 1.
   */
  stage?: number;
  /**
   * ahead: its stage is not open; waits: it is, and its time has not come here; open: it has; conflict: several move it, and it stays as it runs.
   */
  state: 'ahead' | 'waits' | 'open' | 'conflict';
  /**
   * A moment in UTC, RFC 3339.
   */
  until?: string;
}
/**
 * What Compose files may ask of the engine on these devices. Nothing of this is allowed unless it stands here; docs/reference/compose.md says which attribute needs which key.
 */
export interface EngineAllowance {
  /**
   * Compose projects, by their names on this device, that an app of the same name with `adopt: true` may take over as they run. Only in a device's own file: in others it counts for nothing, and is refused.
   *
   * @maxItems 64
   */
  adopt?: string[];
  /**
   * privileged, capabilities beyond the engine's own set, bind mounts below what a container could write to, and all that has no narrower key here. Whoever has it has the device.
   */
  privileged?: boolean;
  /**
   * network, pid, ipc, userns or uts of the host or of other containers, and its interfaces.
   */
  hostNamespaces?: boolean;
  /**
   * Device files that may be handed in.
   *
   * @maxItems 64
   */
  devices?: string[];
  /**
   * Folders of the device below which bind mounts may lie.
   *
   * @maxItems 64
   */
  bindRoots?: string[];
  /**
   * The engine's own socket may be mounted. Whoever has it has the device.
   */
  engineSocket?: boolean;
  /**
   * OCI runtimes that a service may name, as the engine knows them.
   *
   * @maxItems 64
   */
  runtimes?: string[];
  /**
   * Log drivers beyond json-file, local and none. They send from the device itself, to any address that the app names.
   *
   * @maxItems 64
   */
  logDrivers?: string[];
  /**
   * Drivers of networks and of their addresses beyond bridge and default, such as macvlan and ipvlan. They reach the network of the site.
   *
   * @maxItems 64
   */
  networkDrivers?: string[];
  /**
   * Address ranges in which the networks of apps may choose theirs, such as 10.213.0.0/16. The device sends what goes there into the app's network.
   *
   * @maxItems 64
   */
  subnets?: string[];
  /**
   * Volume drivers beyond local.
   *
   * @maxItems 64
   */
  volumeDrivers?: string[];
  /**
   * File systems of the network that volumes may mount, with the address and the rights of the device.
   *
   * @maxItems 64
   */
  volumeTypes?: ('nfs' | 'nfs4' | 'cifs' | 'smb3' | 'ceph' | '9p')[];
}
/**
 * How the log of a service is read.
 */
export interface LogSettings {
  /**
   * Whether its lines leave the device.
   */
  collect?: boolean;
  /**
   * Lines that are one record: traces as Java, Python or Go print them, or lines that begin with a blank (`indent`) together with the one before.
   */
  multiline?: 'java' | 'python' | 'go' | 'indent';
  /**
   * `json`: a line that is an object becomes its message, its level and its other fields, nested ones joined by dots.
   */
  format?: 'text' | 'json';
  /**
   * What is taken out before a line leaves the container's device. What a service names comes on top of the default.
   */
  redact?: {
    /**
     * What looks like this, by name; numbers of cards and accounts by their check digits.
     *
     * @maxItems 16
     */
    patterns?: (
      | 'bearer'
      | 'credentials'
      | 'credit-card'
      | 'email'
      | 'iban'
      | 'ipv4'
      | 'jwt'
      | 'private-key'
      | 'url-password'
    )[];
    /**
     * These texts, as they stand here. No secrets: this file is read by all who read the repository.
     *
     * @maxItems 32
     */
    literals?: string[];
  };
  /**
   * Of one container; what is beyond is counted, and a record says how much is missing.
   */
  maxLinesPerSecond?: number;
  /**
   * Of one record; the rest is cut off and counted. 256B to 64KiB.
   */
  maxLineSize?: string;
  /**
   * Text of one container in a day of UTC, within what the device may send at all.
   */
  maxBytesPerDay?: string;
}
/**
 * Metrics of devices: of the host, of containers, and of the endpoints that apps name (`metrics` of app.yaml).
 */
export interface MetricsSettings {
  /**
   * How often a device takes them; less than 10s counts as 10s.
   */
  interval?: string;
  /**
   * CPU, memory, disks, network, temperatures, clock: node-exporter's names.
   */
  host?: boolean;
  /**
   * CPU, memory, network and disk of each container: cAdvisor's names.
   */
  containers?: boolean;
  /**
   * The endpoints that apps name.
   */
  apps?: boolean;
  /**
   * Series that the endpoints of one app may bring; what is over is left out and counted (`towline_series_dropped_total`).
   */
  maxSeriesPerApp?: number;
  /**
   * Series that one device may bring, with its host's and its containers'.
   */
  maxSeries?: number;
}
/**
 * How images come to these devices.
 */
export interface ImagesSettings {
  /**
   * Registries, as references of images begin (registry.example.com:5000, docker.io), whose released images devices pull through the gateway; it has them in `registries` of gateway.yaml. The narrowest file that names some counts. Others are pulled from where they are.
   *
   * @maxItems 32
   */
  throughGateway?: string[];
  /**
   * Bytes in a second that all pulls through the gateway, and parts of an agent, take together at most. Without it, as many as there are.
   */
  maxRate?: string;
  /**
   * What is downloaded ahead (`next`) begins at a time of its own on each device, at most this long after the device has first seen it. 0s: at once.
   */
  jitter?: string;
}
/**
 * The oldest versions that are good enough. A device with an older one runs its apps and says so: condition `Current`.
 */
export interface Requires {
  /**
   * Of the container engine.
   */
  engine?: string;
  /**
   * Of Linux.
   */
  kernel?: string;
  /**
   * Of the operating system, by ID as /etc/os-release has it (VERSION_ID). One that is not named here is not judged.
   */
  os?: {
    [k: string]: LeastVersion;
  };
}
/**
 * What a sink is given; all conditions must hold. Without a key: everything that the kind of sink takes.
 */
export interface SinkFilter {
  /**
   * Apps by name; what is of no app (events of the engine, metrics of the host) is left out.
   *
   * @minItems 1
   * @maxItems 128
   */
  apps?: Name[];
  devices?: Selector1;
  /**
   * Log lines and events of this level and above. A line without a level counts as `info`, on stderr as `error`.
   */
  level?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
  /**
   * Logs, events, metrics.
   *
   * @minItems 1
   */
  kinds?: ('logs' | 'events' | 'metrics')[];
}
/**
 * Devices.
 */
export interface Selector1 {
  /**
   * Every device.
   */
  all?: true;
  /**
   * Devices by id.
   */
  devices?: Name[];
  /**
   * Devices in any of these groups.
   */
  groups?: Name[];
  labels?: Labels;
}
/**
 * How much is sent at once.
 */
export interface SinkBatch {
  /**
   * Records at most.
   */
  records?: number;
  /**
   * Text of these records, about.
   */
  bytes?: string;
  /**
   * How often it is looked for what is new, at most: what came meanwhile goes together.
   */
  interval?: string;
}
/**
 * Header of each request → file with its value, for receivers with a key of their own kind (`Authorization: ApiKey …`, `api-key`). Absolute paths; read again on SIGHUP.
 */
export interface SinkHeaderFiles {
  [k: string]: string;
}
/**
 * TLS to the receiver. Files are absolute paths, read again on SIGHUP.
 */
export interface SinkTls {
  /**
   * File with the certificates, PEM, that the receiver's must lead to, instead of the machine's.
   */
  ca?: string;
  /**
   * File with the certificate that is shown, PEM, with what leads to its authority. With `key`.
   */
  certificate?: string;
  /**
   * File with its private key, PEM, without passphrase.
   */
  key?: string;
  /**
   * Name that the receiver's certificate must have, where it is not the one that is dialled.
   */
  serverName?: string;
}
/**
 * A service whose containers a person may enter.
 */
export interface EnteredService {
  /**
   * Lower-case letters, digits and dashes, starting with a letter or digit, up to 63 characters.
   */
  app: string;
  /**
   * Its service, as the Compose file names it.
   */
  service: string;
  /**
   * As which user of the container, `name`, `uid` or `uid:gid`. Without it: the container's own.
   */
  user?: string;
  /**
   * Operators by name. Without it: everyone who reaches this device.
   *
   * @maxItems 256
   */
  operators?: Name[];
}
/**
 * An account of the device.
 */
export interface HostLogin {
  /**
   * The account's name.
   */
  user: string;
  /**
   * Operators by name. Without it: everyone who reaches this device.
   *
   * @maxItems 256
   */
  operators?: Name[];
}
/**
 * What a person finds behind an open tunnel: all that widens access. Of each key, the narrowest file that gives it counts.
 */
export interface Access {
  /**
   * TCP places that can be reached. Without it: ssh, at 127.0.0.1:22 of the device.
   *
   * @maxItems 16
   */
  targets?: TunnelTarget[];
  /**
   * Containers that a person may enter, through the agent's own SSH server. Without it: none.
   *
   * @maxItems 64
   */
  services?: EnteredService[];
  /**
   * Accounts at the device's own sshd for which `AuthorizedKeysCommand` lets operators in. Without it: none.
   *
   * @maxItems 64
   */
  logins?: HostLogin[];
  /**
   * Terminal sessions at the agent's server: `off`; `on`; `required`, which refuses every way that cannot be recorded, and ends a session whose recording cannot be kept.
   */
  record?: 'off' | 'on' | 'required';
  /**
   * Whether this device lets in by a certificate of the gateway's signer. Its owner, and that of the identity provider, can then come in as any operator who has `oidc`.
   */
  certificates?: boolean;
  /**
   * Who may have the gateway end their session, `ssh web+pump-17@gw`. Its owner then sees the session, and can type in it. Without it: nobody.
   */
  viaGateway?: {
    /**
     * Operators by name.
     *
     * @maxItems 256
     */
    operators: Name[];
    /**
     * Of those in `services`: `app.service`.
     *
     * @maxItems 64
     */
    services: ServiceName[];
  };
  /**
   * The device's own port at the gateway, from `tunnels.ports` of fleet.yaml. It leads to the agent's SSH server.
   */
  port?: number;
  /**
   * Whether who is in may make a read-only link for guests. The gateway then sees the screen.
   */
  share?: boolean;
  /**
   * OpenPGP public keys, armored, to which recordings are encrypted.
   *
   * @maxItems 16
   */
  auditors?: string[];
}
/**
 * Whom to ask when something is wrong: shown by `towline status`, in messages and to visitors.
 */
export interface Support {
  /**
   * A person, a team, a firm.
   */
  name?: string;
  /**
   * An address for mail.
   */
  mail?: string;
  /**
   * A number to call.
   */
  phone?: string;
  /**
   * A page, such as the one where tickets are opened.
   */
  url?: string;
  /**
   * When they are there, what to have at hand.
   */
  note?: string;
}
/**
 * A log, with the key that it signs with.
 */
export interface SignatureLog {
  /**
   * As it signs its checkpoints, such as `rekor.sigstore.dev`.
   */
  name: string;
  /**
   * Its public key.
   */
  key: string;
}
/**
 * An address that is sent each message by POST. No redirect is followed.
 */
export interface NotifyWebhook {
  /**
   * http or https, without a user and without a query.
   */
  url?: string;
  /**
   * File with the address, for one that is a secret itself, as Slack's are. An absolute path; read again on SIGHUP.
   */
  urlFile?: string;
  /**
   * cloudevents: CloudEvents 1.0, structured JSON. slack: `text` and `blocks`, which Slack, Mattermost and Rocket.Chat take. alertmanager: alerts, to `/api/v2/alerts` below the address.
   */
  format: 'cloudevents' | 'slack' | 'alertmanager';
  /**
   * File with the secret that signs each message as Standard Webhooks has it: `whsec_` and base64, or any text. An absolute path; read again on SIGHUP.
   */
  secretFile?: string;
  username?: SinkUsername;
  passwordFile?: SinkPasswordFile;
  tokenFile?: SinkTokenFile;
  headerFiles?: SinkHeaderFiles;
  timeout?: SinkTimeout;
  tls?: SinkTls;
}
/**
 * Mail: plain text, one to each address.
 */
export interface NotifyMail {
  /**
   * Who gets it; each by itself.
   *
   * @minItems 1
   * @maxItems 20
   */
  to: string[];
  /**
   * Who sends it.
   */
  from: string;
  /**
   * The mail server that takes it.
   */
  smtp: {
    /**
     * Its name or address.
     */
    host: string;
    /**
     * Without it: 587; 465 with `tls: implicit`.
     */
    port?: number;
    /**
     * starttls: nothing is said before it. implicit: from the first byte. none-on-loopback: in clear, to this machine alone.
     */
    tls?: 'starttls' | 'implicit' | 'none-on-loopback';
    /**
     * File with the user, with `passwordFile`. An absolute path; read again on SIGHUP.
     */
    userFile?: string;
    /**
     * File with that user's password. An absolute path; read again on SIGHUP.
     */
    passwordFile?: string;
    /**
     * File with the certificates, PEM, that the server's must lead to, instead of the machine's.
     */
    caFile?: string;
    timeout?: SinkTimeout;
  };
}
/**
 * Who is told what: a webhook, or mail. With `devices`: what is of a device, only where it is one of these; a release, where it is for one of these; and nothing that is of no device.
 */
export interface NotifyReceiver {
  /**
   * Lower-case letters, digits and dashes, starting with a letter or digit, up to 63 characters.
   */
  name: string;
  webhook?: NotifyWebhook;
  mail?: NotifyMail;
  /**
   * What it is told; without it: all but the steps of releases on each device (`release.began`, `release.healthy`, `release.failed`, `release.went-back`).
   *
   * @minItems 1
   * @maxItems 64
   */
  events?: NotifyEvent[];
  /**
   * Nothing that is less grave.
   */
  severity?: 'info' | 'warning' | 'critical';
  devices?: Selector;
  /**
   * A message each so often while all is well: its absence is the alarm.
   */
  deadMan?: {
    /**
     * How often, a minute at least.
     */
    every: string;
  };
}
/**
 * How good the way between a site and the internet is, in each direction.
 */
export interface LabUplink {
  /**
   * How long each packet takes; there and back is twice that. Up to 10s.
   */
  delay?: string;
  /**
   * A part of a hundred.
   */
  loss?: string;
  /**
   * Bits in a second: a number with kbit, mbit or gbit. What waits for longer than half a second is lost, as in a router.
   */
  rate?: string;
}
/**
 * agent.yaml on the device, by default /etc/towline/agent.yaml. Enrolment writes it.
 */
export interface AgentFile {
  apiVersion: ApiVersion;
  /**
   * Lower-case letters, digits and dashes, starting with a letter or digit, up to 63 characters.
   */
  fleet: string;
  /**
   * Lower-case letters, digits and dashes, starting with a letter or digit, up to 63 characters.
   */
  device: string;
  /**
   * Where to dial first; once a commit is trusted, fleet.yaml's list is tried too.
   *
   * @minItems 1
   * @maxItems 16
   */
  gateways: Gateway[];
  /**
   * First trusted commit.
   */
  anchor: string;
  /**
   * Keys, git store, trusted commit, telemetry that waits.
   */
  stateDirectory?: string;
  /**
   * A folder in memory (tmpfs) for opened secrets; the engine must see it under the same path.
   */
  runtimeDirectory?: string;
  /**
   * Socket of the Docker Engine.
   */
  engineSocket?: string;
  /**
   * Put before project names, so that two agents can share an engine.
   */
  projectPrefix?: string;
  /**
   * HTTP proxy for all that goes out, http://[user:password@]host:port.
   */
  proxy?: string;
  /**
   * Lines below this are not written.
   */
  logLevel?: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  /**
   * Images pulled at once.
   */
  parallelPulls?: number;
  /**
   * A folder of node-exporter's textfile collector (`--collector.textfile.directory`): the agent keeps towline.prom there, with its own figures and its containers'.
   */
  textfileDirectory?: string;
  /**
   * Archive of the image in which volumes are read and written; the package brings it.
   */
  helperImage?: string;
  /**
   * Where backups lie; absent: `backups` below `stateDirectory`. The engine must see it under the same path.
   */
  backupDirectory?: string;
}
/**
 * trust/agents/<version>.yaml: a version of the agent that devices may run, with the hashes of its parts. Root's, as all below trust/; fleet.yaml, groups, devices and rollouts choose among these by name.
 */
export interface AgentsFile {
  apiVersion: ApiVersion;
  /**
   * Of what this agent writes down in its state. An agent with a lower one cannot read it.
   */
  stateFormat: number;
  /**
   * The script that installs this version; gateways serve it as `/install`. Absent: there is none.
   */
  install?: {
    sha256: FileHash;
    /**
     * How long it is.
     */
    bytes: number;
  };
  /**
   * Platform, as `linux/amd64`, and what an agent for it is made of.
   */
  platforms: {
    [k: string]: {
      /**
       * Archives (.tar.gz) that are unpacked side by side.
       *
       * @minItems 1
       * @maxItems 4
       */
      parts: {
        /**
         * agent: the program. node: what runs it; absent where the machine's own Node does. helper: the image in which volumes are read and written.
         */
        name: 'node' | 'agent' | 'helper';
        sha256: FileHash;
        /**
         * How long it is.
         */
        bytes: number;
      }[];
    };
  };
}
/**
 * apps/<app>/app.yaml: how an app is put together. May be left out: then compose.yaml is the only file.
 */
export interface AppFile {
  apiVersion: ApiVersion;
  /**
   * For people.
   */
  description?: string;
  /**
   * Compose files of this folder, merged in this order.
   *
   * @minItems 1
   * @maxItems 16
   */
  compose?: string[];
  variables?: Variables;
  secrets?: SecretFiles;
  /**
   * Compose profiles that are on.
   */
  profiles?: string[];
  update?: Update;
  /**
   * Whether the app takes over containers, networks and volumes of the Compose project of its own name that docker compose has made on a device. Only where the device's own file names that project in `engine.adopt`. It stays as long as any of them does.
   */
  adopt?: boolean;
  /**
   * Volumes, by their keys in the Compose file, that may be lost: when the definition of one changes it is removed with all that it holds, and made anew. Any other volume is kept as it is, and the device says so.
   *
   * @maxItems 256
   */
  disposableVolumes?: string[];
  /**
   * How the logs of the app's containers are read: `default`, and by the name of a service what is said of it alone. What it says changes no container.
   */
  logs?: {
    default?: LogSettings;
    /**
     * By the name of the service in the Compose file.
     */
    services?: {
      [k: string]: LogSettings;
    };
  };
  /**
   * Endpoints of the app's own containers that answer in Prometheus' text format; devices scrape them. Each container of the service is asked, at its own address on the project's bridge networks.
   *
   * @maxItems 16
   */
  metrics?: {
    /**
     * Service of the Compose file.
     */
    service: string;
    /**
     * Port within the container; it need not be published.
     */
    port: number;
    /**
     * Path of the endpoint.
     */
    path?: string;
    /**
     * How often it is asked, where that is less often than the device takes metrics.
     */
    interval?: string;
  }[];
  /**
   * What the app's own bridge networks may reach outside of the device, where the rules of `towline firewall device` are loaded: `any`, `none`, or a list. Without it nothing leaves there, as with `none`; with it the networks get bridges of known names, so that setting or removing it makes them anew.
   */
  egress?:
    | ('any' | 'none')
    | {
        /**
         * A host's name, an address, or a range of addresses such as 10.20.0.0/16. Names are resolved when the rules are printed.
         */
        to: string;
        /**
         * Ports there, or ranges such as 8000-8010; without it, all.
         *
         * @minItems 1
         * @maxItems 64
         */
        ports?: (number | string)[];
        /**
         * any: also what is neither TCP nor UDP, where there are no `ports`.
         */
        protocol?: 'tcp' | 'udp' | 'any';
      }[];
  /**
   * What of the app's data is kept before it is changed, and how. What it says changes no container.
   */
  backup?: {
    /**
     * Keys of volumes in the Compose file, or `all` that it declares.
     */
    volumes: 'all' | string[];
    /**
     * stop: whoever holds a volume is stopped meanwhile. pause: is paused. hook: runs on, `pre` has written what counts. live: runs on, and what is written meanwhile may be torn.
     */
    mode?: 'stop' | 'pause' | 'hook' | 'live';
    /**
     * upgrade: before a change of a service that uses such a volume. schedule: at the times of `schedule`.
     */
    before?: 'upgrade' | 'schedule' | 'both';
    /**
     * When, in UTC, where `before` says schedule or both. Maintenance windows and the lock file hold it.
     */
    schedule?: string;
    /**
     * How much stays on the device. The newest stays, and what a restore asks for.
     */
    keep?: {
      /**
       * So many.
       */
      number?: number;
      /**
       * None that is older.
       */
      age?: string;
      /**
       * All together at most.
       */
      bytes?: string;
    };
    /**
     * Without the backup there is no update.
     */
    required?: boolean;
    /**
     * How long it may take, without the stop and the start of services.
     */
    timeout?: string;
    /**
     * Runs before anything is stopped; another end than 0 stops the update.
     */
    pre?: {
      /**
       * Service of the Compose file, in whose first container it runs.
       */
      service: string;
      /**
       * Program and arguments; no shell.
       *
       * @minItems 1
       * @maxItems 64
       */
      command: string[];
      /**
       * How long it may take.
       */
      timeout?: string;
    };
    /**
     * Runs when the data has been read; not with `mode: stop`.
     */
    post?: {
      /**
       * Service of the Compose file, in whose first container it runs.
       */
      service: string;
      /**
       * Program and arguments; no shell.
       *
       * @minItems 1
       * @maxItems 64
       */
      command: string[];
      /**
       * How long it may take.
       */
      timeout?: string;
    };
    /**
     * local: on the device alone. Else the name of a store that backups are copied to as well.
     */
    to?: string;
    /**
     * Whether an update that is taken back takes its data back too. Only where the new version has run.
     */
    onRollback?: 'keep' | 'restore';
  };
}
/**
 * devices/** /<id>.yaml: one device. The file's name is its id.
 */
export interface DeviceFile {
  apiVersion: ApiVersion;
  /**
   * For people.
   */
  description?: string;
  /**
   * Groups this device is in.
   *
   * @maxItems 32
   */
  groups?: Name[];
  labels?: Labels;
  /**
   * Public halves of the keys that were made on the device.
   */
  keys?: {
    /**
     * SubjectPublicKeyInfo of its P-256 key, base64 of the DER form: mutual TLS.
     */
    tls: string;
    /**
     * One line of an OpenSSH public key file.
     */
    ssh: string;
    /**
     * SubjectPublicKeyInfo of the P-256 key of its engine, base64 of the DER form: it may pull images through the gateway, and nothing else (`towline agent certs-d`).
     */
    registry?: string;
    /**
     * Its OpenPGP public key, armored: a recipient of its secrets.
     */
    openpgp?: string;
  };
  /**
   * SSH host keys of the device's own sshd, for known_hosts files.
   *
   * @maxItems 8
   */
  hostKeys?: SshPublicKey[];
  /**
   * Until the device is accepted. `towline device accept` removes it.
   */
  enrolment?: {
    /**
     * One line of an OpenSSH public key file.
     */
    key: string;
    /**
     * A moment in UTC, RFC 3339.
     */
    expires: string;
  };
  /**
   * These keys are never accepted again.
   */
  revoked?: boolean;
  /**
   * The device leaves the fleet: it does this with its apps, says so once more, and is silent. Nothing narrower than a rule for the whole file covers it.
   */
  retired?: {
    /**
     * stop: containers stay, stopped. remove: containers and networks go, volumes stay. remove-with-volumes: they go, too, and what apps wrote beside them.
     */
    apps:
      | ('stop' | 'remove')
      | {
          /**
           * Lower-case letters, digits and dashes, starting with a letter or digit, up to 63 characters.
           */
          'remove-with-volumes': string;
        };
  };
  apps?: Apps;
  variables?: Variables;
  /**
   * Maintenance windows.
   *
   * @maxItems 32
   */
  windows?: Window[];
  tunnel?: Tunnel;
  access?: Access;
  /**
   * This device leaves what runs as it is.
   */
  paused?: boolean;
  agent?: AgentChoice;
  engine?: EngineAllowance;
  images?: ImagesSettings;
  registryCredentials?: RegistryCredentials;
  backupStores?: BackupStores;
  /**
   * What these devices send back, where it is not what fleet.yaml says.
   */
  telemetry?: {
    metrics?: MetricsSettings;
  };
  requires?: Requires;
  /**
   * Puts the data of an app, or of several, back as a backup has it, once. `towline backup restore` and `towline device replace` write it.
   */
  restore?: RestoreRequest | RestoreRequest[];
}
/**
 * fleet.yaml: what holds for the whole fleet.
 */
export interface FleetFile {
  apiVersion: ApiVersion;
  /**
   * Lower-case letters, digits and dashes, starting with a letter or digit, up to 63 characters.
   */
  name: string;
  /**
   * Gateways, tried in turn.
   *
   * @minItems 1
   * @maxItems 16
   */
  gateways: Gateway[];
  /**
   * When devices ask for a new commit.
   */
  poll?: {
    /**
     * When to ask.
     */
    schedule?: string;
    /**
     * Each device waits a random time up to this, so that they do not come all at once.
     */
    jitter?: string;
  };
  /**
   * What devices send back, and how much of it.
   */
  telemetry?: {
    /**
     * When status and logs are sent although nothing changed.
     */
    schedule?: string;
    /**
     * What one device pushes in a day (UTC) at most, a tenth of it for the status alone; the status goes on beyond it, segments wait.
     */
    maxBytesPerDay?: string;
    /**
     * What waits on a device takes at most this of its disk; beyond it debug goes first and events last, the oldest of each, and is counted.
     */
    maxOutboxBytes?: string;
    /**
     * Send container logs.
     */
    logs?: boolean;
    metrics?: MetricsSettings;
  };
  tunnel?: Tunnel;
  /**
   * Limits for tunnels.
   */
  tunnels?: {
    /**
     * No tunnel is open for longer: a device, and a gateway, closes it this long after it has first seen that opening, whatever `until` says.
     */
    maxDuration?: string;
    /**
     * Ports of the gateways for devices: each listens only while its device's tunnel is open.
     */
    ports?: {
      /**
       * The first.
       */
      from: number;
      /**
       * The last.
       */
      to: number;
      /**
       * Address of the gateway on which they listen.
       */
      host?: string;
    };
  };
  access?: Access;
  /**
   * The audit log: the branch `audit` of the gateway's telemetry repository, chained and signed.
   */
  audit?: {
    /**
     * Keys whose signature counts: of each gateway one, and those that it had while what is kept was written. `towline audit accept` writes them.
     *
     * @minItems 1
     * @maxItems 32
     */
    keys?: SshPublicKey[];
    /**
     * Entries of so many days, of those on which the gateway ran, are kept at least, and an eighth more at most.
     */
    keep?: string;
  };
  /**
   * When withheld updates are noticed. Without it, no timestamp is asked for.
   */
  freshness?: {
    /**
     * Older than this, the newest signed timestamp makes the device stale.
     */
    maxAge: string;
    /**
     * For a device that is fed by bundles (`towline agent import`): it counts while what the device trusts came by one and no gateway was reached since. Without it `maxAge` counts there, too.
     */
    offline?: {
      /**
       * Older than this, the newest signed timestamp that a bundle brought makes the device stale. At least as long as `maxAge` beside it.
       */
      maxAge: string;
    };
  };
  /**
   * All devices leave what runs as it is.
   */
  paused?: boolean;
  /**
   * How Compose files are read.
   */
  compose?: {
    /**
     * What becomes of a variable that has neither a value nor a default: `blank` takes it for an empty text, as docker compose does, and `towline validate` and `towline plan` say so; `strict` refuses the commit.
     */
    variables?: 'blank' | 'strict';
  };
  variables?: Variables;
  apps?: Apps;
  /**
   * Maintenance windows; without them, updates are applied, and images come, at any time.
   *
   * @maxItems 32
   */
  windows?: Window[];
  agent?: AgentChoice;
  engine?: EngineAllowance;
  images?: ImagesSettings;
  registryCredentials?: RegistryCredentials;
  backupStores?: BackupStores;
  support?: Support;
  requires?: Requires;
}
/**
 * gateway.yaml, by default /etc/towline/gateway.yaml. `towline gateway init` writes it.
 */
export interface GatewayFile {
  apiVersion: ApiVersion;
  /**
   * Lower-case letters, digits and dashes, starting with a letter or digit, up to 63 characters.
   */
  fleet: string;
  /**
   * First commit that the gateway's own walk trusts.
   */
  anchor: string;
  /**
   * Keys, fleet.git, telemetry.git, trusted commit.
   */
  stateDirectory?: string;
  /**
   * Addresses, host:port.
   */
  listen?: {
    /**
     * HTTPS with mutual TLS.
     */
    devices?: string;
    /**
     * SSH.
     */
    people?: string;
    /**
     * Health and metrics; loopback unless you put something in front of it.
     */
    internal?: string;
    /**
     * Webhooks of a forge, plain HTTP for a reverse proxy; without it they come to `internal`.
     */
    webhooks?: string;
    /**
     * The page for people, over HTTPS; without it there is none.
     */
    portal?: {
      /**
       * host:port. Without a certificate on loopback alone, for a reverse proxy.
       */
      bind: string;
      /**
       * The page as browsers have it: nothing else is answered, and passkeys are for it alone.
       */
      origin: string;
      /**
       * Certificates in PEM, the page's own first, as browsers trust them. Read at the start and on SIGHUP.
       */
      certificateFile?: string;
      /**
       * Their private key in PEM.
       */
      keyFile?: string;
      /**
       * Whose passkeys they are: the host of `origin`, or a domain above it. By default that host.
       */
      rpId?: string;
      /**
       * Steps of logins from one address, in a minute.
       */
      loginsPerMinute?: number;
      /**
       * People may log in by an OpenID provider, to read and to use open tunnels; who they are stands in `oidc` of their operator files.
       */
      oidc?: {
        /**
         * The provider, as its tokens name it: https, or http on loopback.
         */
        issuer: string;
        /**
         * This page there: a web application that may come back to `<origin>/api/v1/login/oidc/back`.
         */
        clientId: string;
        /**
         * File with its secret, its end of line apart; without one it is a public client. Read whenever it is needed.
         */
        clientSecretFile?: string;
      };
    };
  };
  /**
   * What one device may ask for.
   */
  limits?: {
    /**
     * Size of one push of a device.
     */
    maxPushBytes?: string;
    /**
     * Objects in one push.
     */
    maxPushObjects?: number;
    /**
     * Requests of one device in a minute, polls too; saved up for five seconds.
     */
    requestsPerMinute?: number;
    /**
     * Pushes of one device in a minute.
     */
    pushesPerMinute?: number;
    /**
     * Packs kept in memory.
     */
    packCacheBytes?: string;
    /**
     * Packs kept on disk, those too large for memory.
     */
    packDiskBytes?: string;
    /**
     * Fetches of one device in a minute that are not answered from memory.
     */
    fetchesPerMinute?: number;
    /**
     * Requests of one device at once.
     */
    requests?: number;
    /**
     * Connections of one device at once; the oldest goes when there are more.
     */
    connections?: number;
    /**
     * TLS handshakes of all devices at once; those beyond wait in turn.
     */
    handshakes?: number;
    /**
     * In which a request must have arrived.
     */
    requestTimeout?: string;
    /**
     * git processes at once, each for what devices fetch, what operators fetch and what they push; one device or operator has half of them at most.
     */
    gitProcesses?: number;
  };
  /**
   * How long telemetry is kept, and how often it is folded.
   */
  telemetry?: {
    /**
     * How long the history of a device's branch is kept; its newest commit stays.
     */
    keep?: string;
    /**
     * The branch fleet-status is written at most this often.
     */
    statusInterval?: string;
  };
  /**
   * Where telemetry goes besides git: name → sink. Keys of each kind stand in a table of their own below.
   */
  sinks?: {
    [k: string]:
      | ElasticsearchSink
      | FileSink
      | FluentdSink
      | GelfSink
      | LokiSink
      | OtlpSink
      | PrometheusSink
      | RemoteWriteSink
      | SyslogSink;
  };
  /**
   * Who is told what happens: webhooks and mail.
   *
   * @maxItems 32
   */
  notify?: NotifyReceiver[];
  /**
   * Where people see more; in messages.
   */
  links?: {
    /**
     * Address of a commit at the forge, with `{commit}` in it.
     */
    commit?: string;
  };
  /**
   * What becomes of what operators push to main.
   */
  pushes?: {
    /**
     * A push that devices would stop at: `tell` takes it and tells the pusher, `refuse` does not take it; what brings stopped devices on, such as `towline trust mend`, is always taken. Not beside `upstream`.
     */
    untrusted?: 'tell' | 'refuse';
  };
  /**
   * Recordings of sessions, which devices encrypt to `access.auditors`. What is within `keep` is not removed to make room: where there is none, devices keep theirs and send it later.
   */
  recordings?: {
    /**
     * How long a recording is kept after its end.
     */
    keep?: string;
    /**
     * Of all devices.
     */
    maxBytes?: string;
    /**
     * Of one device.
     */
    maxBytesPerDevice?: string;
  };
  /**
   * Registries that devices pull from through this gateway, over their mutual TLS, and only what their releases pin: name → where it is. Without any, `/v2/` of the device port answers nothing.
   */
  registries?: {
    [k: string]: {
      /**
       * Where the gateway asks, without `/v2`: http or https, without a user.
       */
      url: string;
      /**
       * User there, with `passwordFile`: for basic authentication, and for the place that gives tokens. No device learns it.
       */
      username?: string;
      /**
       * File with that user's password, its end of line apart. An absolute path; read whenever it is needed.
       */
      passwordFile?: string;
      /**
       * File with a bearer token, instead of a user. An absolute path; read whenever it is needed.
       */
      tokenFile?: string;
      /**
       * Certificates in PEM that the registry's must lead to, instead of the machine's. An absolute path.
       */
      caFile?: string;
    };
  };
  /**
   * What the gateway keeps of images, in `registry/` of its state directory.
   */
  registryCache?: {
    /**
     * What was asked for longest ago goes first. No single layer may be larger.
     */
    maxBytes?: string;
  };
  /**
   * A forge's repository that is mirrored.
   */
  upstream?: {
    /**
     * https, ssh (also as user@host:path), git, file, or an absolute path. Without a password: see tokenFile.
     */
    url: string;
    /**
     * Branch there.
     */
    branch?: string;
    /**
     * How often the forge is asked, besides webhooks.
     */
    interval?: string;
    /**
     * Longest time for one exchange with the forge.
     */
    timeout?: string;
    /**
     * Largest fetch, bytes on the disk; more is refused.
     */
    maxBytes?: string;
    /**
     * Private key without passphrase; required for ssh.
     */
    sshKeyFile?: string;
    /**
     * The forge's host keys as in known_hosts; required for ssh: no key is taken on first sight.
     */
    knownHostsFile?: string;
    /**
     * File with an access token, for https. The user is the one in the url, else x-access-token.
     */
    tokenFile?: string;
    /**
     * Certificates in PEM that the forge's must lead to, instead of the machine's, for https.
     */
    caFile?: string;
    /**
     * File with the secret that signs the forge's webhooks; without it there are none.
     */
    webhookSecretFile?: string;
    /**
     * Send fleet-status and refs/towline/* back.
     */
    pushStatus?: boolean;
    /**
     * Send the branch `audit` to the forge: who reads the repository there reads who did what, and from which address. Its head stands on the page of `pushStatus` without it.
     */
    pushAudit?: boolean;
  };
  /**
   * How this gateway logs in at devices: for sessions that it ends, where `access.viaGateway` of a device says so.
   */
  access?: {
    /**
     * Ed25519 key of OpenSSH without passphrase; its public half stands in `gateways[].accessKeys` of fleet.yaml.
     */
    keyFile: string;
  };
  /**
   * People prove at an OpenID provider who they are, and get a certificate for hours: `towline login`.
   */
  oidc?: {
    /**
     * The provider, as its tokens name it: https, or http on loopback.
     */
    issuer: string;
    /**
     * This fleet there: a public client (native application) that may come back to http://127.0.0.1 on any port.
     */
    clientId: string;
    /**
     * Ed25519 key of OpenSSH without passphrase, which signs certificates; its public half stands in `gateways[].certificateKeys` of fleet.yaml.
     */
    keyFile: string;
    /**
     * Of a certificate, 8h at most.
     */
    lifetime?: string;
    /**
     * Whether people without a browser may log in by a code that they type elsewhere. Whoever talks a person into typing a stranger's code is that person.
     */
    deviceFlow?: boolean;
    /**
     * Certificates that are asked for from one address, in a minute.
     */
    loginsPerMinute?: number;
  };
  /**
   * The gateway opens the stages of rollouts, and pauses them, by signed commits. Not beside `upstream`: there `towline rollout step --pr` does, outside of the gateway.
   */
  rollout?: {
    /**
     * Private Ed25519 key of OpenSSH without passphrase; the policy gives it a role that may `advance` and `pause` rollouts.
     */
    keyFile: string;
    /**
     * Between two looks at what devices have said.
     */
    every?: string;
  };
  /**
   * How long SIGTERM waits for what is under way.
   */
  drain?: string;
  /**
   * Lines below this are not written.
   */
  logLevel?: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
}
/**
 * Elasticsearch or OpenSearch, by `_bulk`.
 */
export interface ElasticsearchSink {
  /**
   * Which kind of sink this is.
   */
  kind: 'elasticsearch';
  /**
   * http or https, without a user and without a query.
   */
  url: string;
  /**
   * Last part of the data streams' names: `logs-towline-NAMESPACE`, `logs-towline.events-NAMESPACE`, `metrics-towline-NAMESPACE`.
   */
  namespace?: string;
  /**
   * Whether index templates for these are installed where they are missing. What a person made of them stays.
   */
  templates?: boolean;
  /**
   * How old documents become, in whole days: a policy (ILM, of OpenSearch ISM) `towline` is installed. Without it they stay, or a policy of yours decides.
   */
  retention?: string;
  /**
   * Parameters of each `_bulk` request, such as `pipeline`.
   */
  parameters?: {
    [k: string]: string;
  };
  username?: SinkUsername;
  passwordFile?: SinkPasswordFile;
  tokenFile?: SinkTokenFile;
  headerFiles?: SinkHeaderFiles;
  timeout?: SinkTimeout;
  tls?: SinkTls;
  filter?: SinkFilter;
  batch?: SinkBatch;
  from?: SinkFrom;
}
/**
 * Lines of JSON in a file of the gateway's machine.
 */
export interface FileSink {
  /**
   * Which kind of sink this is.
   */
  kind: 'file';
  /**
   * The file, an absolute path; older ones stand beside it with a number.
   */
  path: string;
  /**
   * Size at which the file is set aside and a new one begun.
   */
  maxBytes?: string;
  /**
   * How many older files stay.
   */
  keep?: number;
  /**
   * `batch`: each batch is on the disk before it counts as delivered; `never`: the system writes it when it likes, and a power cut takes the last seconds.
   */
  sync?: 'batch' | 'never';
  filter?: SinkFilter;
  batch?: SinkBatch;
  from?: SinkFrom;
}
/**
 * Fluentd or Fluent Bit, by the forward protocol.
 */
export interface FluentdSink {
  /**
   * Which kind of sink this is.
   */
  kind: 'fluentd';
  /**
   * host:port.
   */
  address: string;
  /**
   * What tags begin with: `<tag>.<project>.<service>`, where a service names none of its own.
   */
  tag?: string;
  /**
   * Chunks are packed with gzip.
   */
  compress?: boolean;
  /**
   * File with the `shared_key` of the server's `<security>`. An absolute path; read again on SIGHUP.
   */
  sharedKeyFile?: string;
  /**
   * User for basic authentication, with `passwordFile`.
   */
  username?: string;
  passwordFile?: SinkPasswordFile;
  /**
   * In which the server must have acknowledged all of a batch.
   */
  timeout?: string;
  tls?: SinkTls;
  filter?: SinkFilter;
  batch?: SinkBatch;
  from?: SinkFrom;
}
/**
 * Graylog or Logstash, by GELF.
 */
export interface GelfSink {
  /**
   * Which kind of sink this is.
   */
  kind: 'gelf';
  /**
   * host:port.
   */
  address: string;
  /**
   * How it is sent: `tcp`, with `tls` encrypted; `udp` for receivers that know nothing else, where nobody hears of what is lost.
   */
  protocol?: 'tcp' | 'udp';
  /**
   * By `udp`: messages are packed with gzip. TCP has no compression in GELF.
   */
  compress?: boolean;
  /**
   * By `udp`: larger messages go in chunks of so many bytes. 8192 is for a network with jumbo frames.
   */
  datagramBytes?: number;
  /**
   * Larger messages, unpacked, go to the dead letters: a receiver would close the connection at them.
   */
  maxMessageBytes?: string;
  /**
   * How long a connection may take to be made, at most 15 s of it, and in which the receiver must take something of what is written.
   */
  timeout?: string;
  tls?: SinkTls;
  filter?: SinkFilter;
  batch?: SinkBatch;
  from?: SinkFrom;
}
/**
 * Grafana Loki, by its push API.
 */
export interface LokiSink {
  /**
   * Which kind of sink this is.
   */
  kind: 'loki';
  /**
   * http or https, without a user and without a query.
   */
  url: string;
  /**
   * Value of `X-Scope-OrgID`, where Loki has several tenants.
   */
  tenant?: string;
  /**
   * What makes a stream; what is not named is structured metadata of each line. `label_…` are labels of the fleet's devices.
   *
   * @minItems 1
   * @maxItems 12
   */
  labels?: string[];
  username?: SinkUsername;
  passwordFile?: SinkPasswordFile;
  tokenFile?: SinkTokenFile;
  headerFiles?: SinkHeaderFiles;
  timeout?: SinkTimeout;
  tls?: SinkTls;
  filter?: SinkFilter;
  batch?: SinkBatch;
  from?: SinkFrom;
}
/**
 * An OpenTelemetry Collector or what else speaks OTLP over HTTP.
 */
export interface OtlpSink {
  /**
   * Which kind of sink this is.
   */
  kind: 'otlp';
  /**
   * http or https, without a user and without a query.
   */
  url: string;
  username?: SinkUsername;
  passwordFile?: SinkPasswordFile;
  tokenFile?: SinkTokenFile;
  headerFiles?: SinkHeaderFiles;
  timeout?: SinkTimeout;
  tls?: SinkTls;
  filter?: SinkFilter;
  batch?: SinkBatch;
  from?: SinkFrom;
}
/**
 * The newest values of each device, to be scraped at the internal port.
 */
export interface PrometheusSink {
  /**
   * Which kind of sink this is.
   */
  kind: 'prometheus';
  /**
   * Labels of devices that each series bears beside `device_id`; each one is one more label of every series.
   *
   * @maxItems 16
   */
  labels?: string[];
  /**
   * How old a value may be that is shown. Without it: three times as long as the device takes from one delivery to the next, between 5 minutes and an hour.
   */
  staleness?: string;
  /**
   * Series of one device; those beyond are dropped and counted.
   */
  seriesPerDevice?: number;
  /**
   * Series of all devices; those beyond are dropped and counted.
   */
  series?: number;
  filter?: SinkFilter;
  batch?: SinkBatch;
  from?: SinkFrom;
}
/**
 * Prometheus, VictoriaMetrics or what else takes remote write 1.0.
 */
export interface RemoteWriteSink {
  /**
   * Which kind of sink this is.
   */
  kind: 'remote-write';
  /**
   * http or https, without a user and without a query.
   */
  url: string;
  /**
   * Labels of devices that each series bears beside `device_id`; each one is one more label of every series.
   *
   * @maxItems 16
   */
  labels?: string[];
  /**
   * Series of one device; those beyond are dropped and counted.
   */
  seriesPerDevice?: number;
  username?: SinkUsername;
  passwordFile?: SinkPasswordFile;
  tokenFile?: SinkTokenFile;
  headerFiles?: SinkHeaderFiles;
  timeout?: SinkTimeout;
  tls?: SinkTls;
  filter?: SinkFilter;
  batch?: SinkBatch;
  from?: SinkFrom;
}
/**
 * rsyslog, syslog-ng or another receiver of syslog.
 */
export interface SyslogSink {
  /**
   * Which kind of sink this is.
   */
  kind: 'syslog';
  /**
   * host:port.
   */
  address: string;
  /**
   * How it is sent: `tcp`, with `tls` encrypted; `udp` for receivers that know nothing else, where nobody hears of what is lost.
   */
  protocol?: 'tcp' | 'udp';
  /**
   * How messages are written, where a service does not say otherwise; `rfc5424` by `tcp`, `rfc3164` by `udp` unless said here.
   */
  format?: 'rfc5424' | 'rfc3164';
  /**
   * Facility of messages, where a service does not say otherwise.
   */
  facility?:
    | 'kern'
    | 'user'
    | 'mail'
    | 'daemon'
    | 'auth'
    | 'syslog'
    | 'lpr'
    | 'news'
    | 'uucp'
    | 'cron'
    | 'authpriv'
    | 'ftp'
    | 'local0'
    | 'local1'
    | 'local2'
    | 'local3'
    | 'local4'
    | 'local5'
    | 'local6'
    | 'local7';
  /**
   * Private enterprise number (IANA) behind the `@` of structured data; 32473 is the one for documentation.
   */
  enterprise?: number;
  /**
   * Longer messages are cut, fields first. At least 1KiB; 8KiB by `rfc5424`, 1KiB by `rfc3164` unless said here.
   */
  maxMessageBytes?: string;
  /**
   * How long a connection may take to be made, at most 15 s of it, and in which the receiver must take something of what is written.
   */
  timeout?: string;
  tls?: SinkTls;
  filter?: SinkFilter;
  batch?: SinkBatch;
  from?: SinkFrom;
}
/**
 * groups/<name>.yaml: what holds for the devices that name this group.
 */
export interface GroupFile {
  apiVersion: ApiVersion;
  /**
   * For people.
   */
  description?: string;
  /**
   * Where two groups of a device give one value, the higher priority wins; of equal ones, the name that sorts later.
   */
  priority?: number;
  labels?: Labels;
  apps?: Apps;
  variables?: Variables;
  /**
   * Maintenance windows.
   *
   * @maxItems 32
   */
  windows?: Window[];
  tunnel?: Tunnel;
  access?: Access;
  /**
   * These devices leave what runs as it is.
   */
  paused?: boolean;
  agent?: AgentChoice;
  engine?: EngineAllowance;
  images?: ImagesSettings;
  registryCredentials?: RegistryCredentials;
  backupStores?: BackupStores;
  /**
   * What these devices send back, where it is not what fleet.yaml says.
   */
  telemetry?: {
    metrics?: MetricsSettings;
  };
  requires?: Requires;
}
/**
 * trust/images.yaml: whose signatures images must have. It is root's, as all of trust/ is: whoever may change the rest of the repository cannot turn it off.
 */
export interface ImagesFile {
  apiVersion: ApiVersion;
  /**
   * What becomes of images that no rule names.
   */
  default: 'refuse' | 'allow';
  /**
   * The first one that names an image's repository decides.
   *
   * @minItems 1
   * @maxItems 64
   */
  rules: {
    name: Name;
    /**
     * Repositories with their registry, such as `registry.example.com/pump/*`; `*` matches within a folder, `**` across. Docker Hub's are `docker.io/library/nginx`.
     *
     * @minItems 1
     * @maxItems 64
     */
    repositories: string[];
    /**
     * Any of these public keys of cosign signs: PEM, or a file with it in trust/keys/. P-256, Ed25519, or RSA of 2048 bits and more. Instead of `keyless`.
     *
     * @minItems 1
     * @maxItems 8
     */
    keys?: Pem[];
    /**
     * Devices verify the signature, too, by what release.yaml carries of it. With `keys` alone.
     */
    onDevice?: boolean;
    /**
     * Signers who prove who they are to an authority, which gives them a certificate for minutes. `towline release` verifies it.
     */
    keyless?: {
      /**
       * Who knows the signer, as the certificate has it: `https://token.actions.githubusercontent.com`.
       */
      issuer: string;
      /**
       * Who the signer is, as the certificate has it: an address, or a workflow such as `https://github.com/acme/pump/.github/workflows/release.yml@refs/tags/*`; `*` matches up to the next slash, `**` across.
       */
      subject: string;
      /**
       * Certificates of the authority, from those between up to the root: a PEM, or a file in trust/keys/, for each authority.
       *
       * @minItems 1
       * @maxItems 8
       */
      roots: Pem[];
      /**
       * Transparency logs, one of which must have the signature. Without any, `timestamps` says when it was made.
       *
       * @minItems 1
       * @maxItems 8
       */
      logs?: SignatureLog[];
      /**
       * Authorities that say when a signature was made: a PEM for each, the certificate that signs first.
       *
       * @minItems 1
       * @maxItems 8
       */
      timestamps?: Pem[];
      /**
       * Logs of certificates, one of which must have the signer's. Without any, nobody asks for that.
       *
       * @minItems 1
       * @maxItems 8
       */
      certificateLogs?: SignatureLog[];
    };
  }[];
}
/**
 * lab.yaml: a fleet on one machine, for `towline lab up`. It lies where its author wants it, and is part of no fleet.
 */
export interface LabFile {
  apiVersion: ApiVersion;
  /**
   * Name of the lab; `--name` of `towline lab up` wins. One machine has each name once.
   */
  name?: string;
  /**
   * How many gateways stand on the internet: gateway-1, gateway-2, … Each has the fleet's repositories for itself; `git push` goes to all.
   */
  gateways?: number;
  /**
   * Whether an OpenID provider stands there, for `towline login`. Only where Towline runs from its sources.
   */
  identity?: boolean;
  /**
   * Whether devices, gateways and registry load the rules that `towline firewall` prints for them.
   */
  firewall?: boolean;
  /**
   * For sites that do not say it themselves.
   */
  engine?: 'own' | 'shared';
  /**
   * When devices look for a new commit: `poll.schedule` of the fleet that `up` makes.
   */
  poll?: string;
  /**
   * Site → what is there: a network of its own behind a router that translates addresses.
   */
  sites: {
    [k: string]: {
      /**
       * How many devices are there, called SITE-1, SITE-2, …; or their ids.
       */
      devices: number | Name[];
      engine?: LabEngine;
      uplink?: LabUplink;
      /**
       * http: nothing leaves the site but through an HTTP proxy (CONNECT) at its router, port 3128. Its devices are told.
       */
      proxy?: 'http';
      /**
       * When the uplink carries nothing, each day, UTC: `00:00-06:00`; over midnight, `22:00-02:00`.
       *
       * @minItems 1
       * @maxItems 16
       */
      down?: string[];
      /**
       * Size of the disk on which a device keeps its state, in memory: what `fill-disk` fills.
       */
      disk?: string;
    };
  };
}
/**
 * operators/<name>.yaml: a person's SSH keys at the gateway and what they reach. Who may change the fleet stands in trust/policy.yaml, not here.
 */
export interface OperatorFile {
  apiVersion: ApiVersion;
  /**
   * For people.
   */
  description?: string;
  /**
   * Keys that are this person at the gateway's SSH port.
   *
   * @minItems 1
   * @maxItems 16
   */
  sshKeys: SshPublicKey[];
  /**
   * Passkeys that are this person at the portal's login, and nothing else: one that signs changes stands in trust/policy.yaml and is another.
   *
   * @maxItems 8
   */
  passkeys?: Passkey[];
  /**
   * Git over SSH.
   */
  git?: {
    /**
     * fleet.git. `request`: read, and push branches requests/<operator>/* alone.
     */
    fleet?: 'none' | 'read' | 'request' | 'write';
    /**
     * telemetry.git, of the whole fleet. For some devices alone there is `reads`.
     */
    telemetry?: 'none' | 'read';
  };
  /**
   * Devices whose telemetry this person may see, and have asked for: any of these selectors. Their branches are all that telemetry.git has for a person without `git.telemetry: read`.
   *
   * @maxItems 64
   */
  reads?: Selector[];
  /**
   * Devices whose open tunnels this person may use: any of these selectors.
   *
   * @maxItems 64
   */
  tunnels?: Selector[];
  /**
   * Devices without a network that this person carries for: any of these selectors. `ssh git@<gateway> bundle <device>` gives them a bundle for it, and they may push what it has exported (`towline bundle take-back`).
   *
   * @maxItems 64
   */
  bundles?: Selector[];
  /**
   * Who this person is at an OpenID provider; by this alone a certificate is made for them.
   *
   * @maxItems 8
   */
  oidc?: {
    /**
     * The provider, as its tokens name it.
     */
    iss: string;
    /**
     * The person there; never a mail address that can be given to another.
     */
    sub: string;
  }[];
}
/**
 * trust/policy.yaml: who may change what. Judged by every device, for every commit, by the policy in the commit before it.
 */
export interface PolicyFile {
  apiVersion: ApiVersion;
  fleet: Name;
  /**
   * Raised by one with every change of trust/**.
   */
  version: number;
  /**
   * Version of the rules by which devices judge the steps after this one; never lowered. An agent that does not know it stops before it (TRUST_WALK_UNKNOWN).
   */
  walk?: number;
  /**
   * A moment in UTC, RFC 3339.
   */
  time?: string;
  /**
   * main: a signature counts only with the trailer Towline-Ref: <fleet>/main; any: without it, too.
   */
  intent?: 'main' | 'any';
  /**
   * On which pages passkeys sign. From walk 2 on; needed where a principal has `passkeys`.
   */
  webauthn?: {
    /**
     * Origins of portals, as browsers write them: `https://portal.acme.com`, with `:port` where it is not 443. A signature made on any other page counts for nothing.
     *
     * @minItems 1
     * @maxItems 8
     */
    origins: string[];
    /**
     * required: the authenticator has asked for PIN, finger or face (UV); preferred: a touch does.
     */
    verification?: 'required' | 'preferred';
  };
  /**
   * People and bots by name, with their keys. A key stands under one of them only.
   */
  principals: {
    [k: string]: {
      /**
       * Files with OpenPGP public keys, below trust/keys/.
       *
       * @maxItems 8
       */
      openpgp?: string[];
      /**
       * SSH public keys.
       *
       * @maxItems 8
       */
      ssh?: SshPublicKey[];
      /**
       * Passkeys with which this principal signs at a portal. They vouch only by rules with `passkeys: true`, for commits with one parent, and never by an approval. From walk 2 on.
       *
       * @maxItems 8
       */
      passkeys?: Passkey[];
    };
  };
  /**
   * root must be there. timestamp, if there is one, signs freshness and nothing else.
   */
  roles: {
    [k: string]: {
      /**
       * Who has the role.
       *
       * @minItems 1
       * @maxItems 256
       */
      principals: Name[];
      /**
       * How many of them a change needs.
       */
      threshold?: number;
    };
  };
  /**
   * The first rule that covers a path decides; what none covers needs root.
   *
   * @maxItems 256
   */
  rules?: {
    /**
     * Globs over bytes: * within a folder, ** across folders.
     *
     * @minItems 1
     * @maxItems 64
     */
    paths: string[];
    /**
     * JSON pointers: this rule covers changes below these values alone.
     *
     * @minItems 1
     * @maxItems 64
     */
    only?: string[];
    /**
     * Of a rollout's file: these roles may make its whole change, where it is no more than one step, besides those whom the rule after it names. advance: `stage` by one and `since` together, not before the hold of the stage before is over, nothing paused, and not to a stage that people promote. pause: `paused` becomes true, and `reason` may say why. Not beside `only`; from walk 2 on.
     */
    change?: 'advance' | 'pause';
    /**
     * true: passkeys of these roles count here, too. Only of a rule with `only` or `change` that names nothing beyond devices, groups, fleet.yaml (`/paused`, `/tunnel`, `/apps/<app>/release`, `next`, `pinned`, `paused`) and rollouts (stage and pause). From walk 2 on.
     */
    passkeys?: boolean;
    /**
     * Any one of these roles, by its own threshold.
     *
     * @minItems 1
     * @maxItems 16
     */
    roles: Name[];
  }[];
}
/**
 * apps/<app>/releases/<version>/release.yaml: the images of one release, each pinned to a digest. `towline release` writes it, beside a copy of the app's files: a device to which the release is assigned reads nothing else of the app.
 */
export interface ReleaseFile {
  apiVersion: ApiVersion;
  version: Version;
  /**
   * What is new, for people. May change after the release is accepted.
   */
  notes?: string;
  /**
   * Why nobody should get it any more. May come and go after the release is accepted; devices that run it keep it.
   */
  withdrawn?: string;
  /**
   * What people must do or know before a device gets it: plans, pull requests and rollouts say it.
   */
  breaking?: string;
  /**
   * `one-way`: it changes data so that no earlier release can read it. Plans and pull requests say so.
   */
  migration?: 'one-way';
  /**
   * What a device must have. One that lacks something keeps what it runs, and says why.
   */
  requires?: {
    /**
     * A version of numbers with dots, the oldest that is good enough, in quotes.
     */
    agent?: string;
    /**
     * A version of numbers with dots, the oldest that is good enough, in quotes.
     */
    engine?: string;
    /**
     * It is for devices of these alone.
     *
     * @minItems 1
     * @maxItems 16
     */
    platforms?: Platform[];
    /**
     * Free where the engine keeps images and volumes, besides what the images take.
     */
    disk?: string;
    /**
     * Of the machine, in all.
     */
    memory?: string;
  };
  variables?: Variables;
  /**
   * Service → its image.
   */
  images: {
    [k: string]: {
      /**
       * Reference as the Compose file had it when the release was made.
       */
      image: string;
      /**
       * What is pulled, whatever the tag says by then: of the index, where the image has one.
       */
      digest: string;
      /**
       * Platform → what it takes there. `towline release` has read it from the registry.
       */
      platforms?: {
        [k: string]: {
          /**
           * Bytes over the network, where none of its layers is there.
           */
          download: number;
          /**
           * Bytes on the disk; absent: nobody has unpacked it.
           */
          unpacked?: number;
        };
      };
      /**
       * Whose signature the image has: `towline release` has checked it by trust/images.yaml.
       */
      signed?: {
        /**
         * Lower-case letters, digits and dashes, starting with a letter or digit, up to 63 characters.
         */
        by: string;
        /**
         * The public key that has signed: SHA-256 of its SubjectPublicKeyInfo.
         */
        key?: string;
        /**
         * Without a key: who knows the signer, as the certificate has it.
         */
        issuer?: string;
        /**
         * Without a key: who the signer is, as the certificate has it.
         */
        subject?: string;
        /**
         * What was signed, base64: for rules with `onDevice`.
         */
        payload?: string;
        /**
         * The signature of it, base64.
         */
        signature?: string;
      };
    };
  };
}
/**
 * What `towline review plan` writes and `towline review comment` reads: what a branch would do, folded by equal plans. JSON, 1 MiB at most, made of a branch that may be hostile: each text is one of a stranger.
 */
export interface ReviewFile {
  apiVersion: ApiVersion;
  /**
   * Name of the fleet, at the base.
   */
  fleet: string;
  /**
   * The commit that the branch goes onto.
   */
  base: string;
  /**
   * The commit of the branch.
   */
  head: string;
  /**
   * What `towline validate` would refuse, of the base with the branch merged.
   */
  problems: {
    count: number;
    /**
     * @maxItems 10
     */
    first: {
      code: string;
      at: string;
      message: string;
    }[];
  };
  /**
   * Of the fleet with the branch merged.
   */
  devices: {
    all: number;
    /**
     * Would do something, now or once a rollout has walked.
     */
    touched: number;
    /**
     * Come with the branch.
     */
    added: {
      count: number;
      /**
       * @maxItems 5
       */
      first: string[];
    };
    /**
     * Go with it.
     */
    removed: {
      count: number;
      /**
       * @maxItems 5
       */
      first: string[];
    };
  };
  /**
   * Folded: each stands for all devices that would do the same. Most devices first.
   *
   * @maxItems 200
   */
  plans: {
    /**
     * Who would do this.
     */
    devices: {
      count: number;
      /**
       * @maxItems 5
       */
      first: string[];
    };
    /**
     * `app/name`: not at once, but once all stages of this rollout are open. Absent: at once.
     */
    rollout?: string;
    /**
     * @maxItems 32
     */
    apps: {
      app: string;
      /**
       * Its release before; absent: none.
       */
      from?: string;
      /**
       * Its release; absent: none, or the app goes.
       */
      to?: string;
      /**
       * Whether the app is no longer there.
       */
      gone?: boolean;
      /**
       * What is pulled.
       */
      images: {
        count: number;
        /**
         * By release.yaml; absent: it does not say.
         */
        bytes?: number;
      };
      /**
       * What becomes of them.
       *
       * @maxItems 64
       */
      services: {
        name: string;
        change: 'new' | 'replaced' | 'restarted' | 'changed' | 'removed';
        /**
         * @maxItems 6
         */
        because: string[];
      }[];
      /**
       * Services that do not run from their stop until they are started again; absent: none.
       */
      down?: {
        /**
         * @maxItems 64
         */
        services: string[];
        strategy: 'recreate' | 'stop-first' | 'handover' | 'rolling';
        /**
         * The longest time that one of them is given to stop.
         */
        stopMs: number;
        /**
         * In which all must be healthy, else the app goes back.
         */
        healthMs: number;
      };
      /**
       * Those of services that are touched.
       *
       * @maxItems 64
       */
      volumes: {
        name: string;
        change: 'kept' | 'new' | 'emptied' | 'removed' | 'restored';
      }[];
      /**
       * @maxItems 16
       */
      notes: string[];
    }[];
    /**
     * What concerns the device itself: its tunnel, downloads ahead, what was not known.
     *
     * @maxItems 16
     */
    device: string[];
  }[];
  /**
   * Those that the branch adds or changes.
   *
   * @maxItems 64
   */
  rollouts: {
    app: string;
    name: string;
    change: 'new' | 'changed' | 'gone';
    /**
     * @maxItems 32
     */
    from: string[];
    to: string;
    stage: number;
    /**
     * How many stages were open before; absent: it is new.
     */
    was?: number;
    state: 'goes on' | 'paused' | 'aborted';
    /**
     * @maxItems 32
     */
    stages: {
      name: string;
      devices: number;
      isOpen: boolean;
      hold: string;
      /**
       * In words; absent: none.
       */
      gate?: string;
      promote: 'bot' | 'people';
    }[];
    /**
     * Devices of the app whose own file gives a release.
     */
    pinned: number;
    /**
     * Devices of the app that no stage selects, or that are not in `from`.
     */
    outside: number;
  }[];
  /**
   * What is asked for that was not before.
   *
   * @maxItems 200
   */
  privileges: {
    what: string;
    /**
     * `app/service`, or the file.
     */
    of: string;
    /**
     * On how many; 0: not by device.
     */
    devices: number;
  }[];
  /**
   * What changes of policy, people, publishers, gateways.
   *
   * @maxItems 200
   */
  changes: {
    area: string;
    what: string;
  }[];
  /**
   * What the policy at the base asks for, and who has vouched.
   */
  trust: {
    /**
     * Whether devices would take the commits of the branch, pushed to main as they are.
     */
    asItIs: boolean;
    /**
     * Whether they would take them by any button of the forge: approvals cover the whole change.
     */
    merged: boolean;
    /**
     * Why not.
     */
    code?: string;
    message?: string;
    /**
     * @maxItems 64
     */
    requirements: {
      /**
       * What is changed.
       */
      paths: {
        count: number;
        /**
         * @maxItems 5
         */
        first: string[];
      };
      /**
       * The value, where a rule by field decides.
       */
      pointer?: string;
      /**
       * From 1; absent: root.
       */
      rule?: number;
      because?: string;
      /**
       * Any of them is enough.
       *
       * @maxItems 16
       */
      roles: {
        name: string;
        threshold: number;
        /**
         * @maxItems 64
         */
        vouched: string[];
        /**
         * @maxItems 64
         */
        missing: string[];
      }[];
      isMet: boolean;
    }[];
  };
  /**
   * How many there was no room for.
   */
  leftOut: {
    plans: number;
    /**
     * Absent: none.
     */
    rollouts?: number;
    devices: number;
    privileges: number;
    changes: number;
    requirements: number;
  };
}
/**
 * rollouts/<app>/<name>.yaml: a release that walks through the fleet, stage by stage. It moves the devices whose release fleet.yaml or a group gives; a release in a device's own file is a pin, and stays. rollouts/_agent/<name>.yaml: the same for the agent, with `agent: true` in place of `app`.
 */
export interface RolloutFile {
  apiVersion: ApiVersion;
  /**
   * Lower-case letters, digits and dashes, starting with a letter or digit, up to 63 characters.
   */
  app?: string;
  /**
   * In place of `app`: it moves the agent. `from` and `to` are versions that trust/agents lists.
   */
  agent?: true;
  /**
   * Devices that are assigned one of these take part.
   *
   * @minItems 1
   * @maxItems 32
   */
  from: Version[];
  /**
   * Name of a release: letters, digits, dot, dash, underscore, plus.
   */
  to: string;
  /**
   * In the order in which they open. A device belongs to the first one that selects it; one that none selects stays as it is.
   *
   * @minItems 1
   * @maxItems 32
   */
  stages: ({
    [k: string]: unknown;
  } & {
    name: Name;
    select?: Selector;
    /**
     * So many of a hundred devices, by a hash of fleet, rollout and device: the same ones for ever. Those of earlier stages count.
     */
    percent?: number;
    /**
     * How long it is open before the next one may be: enforced by devices.
     */
    hold?: string;
    gate?: Gate;
    /**
     * people: this stage is opened by a person, and never by the rule of a bot.
     */
    promote?: 'bot' | 'people';
    /**
     * Its devices bring the images to the disk before it opens, as `next` does.
     */
    prefetch?: boolean;
  })[];
  /**
   * How many stages are open; 0: none yet.
   */
  stage: number;
  /**
   * A moment in UTC, RFC 3339.
   */
  since?: string;
  /**
   * No further stage is opened. Stages that are open go on.
   */
  paused?: boolean;
  /**
   * Every device goes back to what it is assigned.
   */
  aborted?: boolean;
  /**
   * Name of a release: letters, digits, dot, dash, underscore, plus.
   */
  supersedes?: string;
  /**
   * app: the same devices come first in each rollout of this app. rollout: others each time.
   */
  salt?: 'app' | 'rollout';
  /**
   * A device whose last word is older than this, and older than its stage, is absent, and not counted. Default: thrice the time between two reports.
   */
  absentAfter?: string;
  /**
   * A device that has seen its stage and is then silent for so long is dark, and counts as failed. Default: thrice the time between two reports.
   */
  darkAfter?: string;
  /**
   * For people: why it is, why it is paused.
   */
  reason?: string;
}
/**
 * status.yaml in a device's telemetry branch: what the device last said of itself. The commit that holds it is signed by the device.
 */
export interface StatusFile {
  apiVersion: ApiVersion;
  fleet: Name;
  device: Name;
  /**
   * A moment in UTC, RFC 3339.
   */
  time: string;
  /**
   * Id of the pass, as in the agent's log.
   */
  pass?: string;
  /**
   * The program that wrote this.
   */
  agent: {
    /**
     * Towline's version.
     */
    version: string;
    /**
     * The newest `walk` of a policy that this agent knows; absent: 1.
     */
    walk?: number;
    /**
     * The engine's version.
     */
    engine?: string;
    /**
     * A moment in UTC, RFC 3339.
     */
    started?: string;
    /**
     * Operating system and processor as image indexes name them.
     */
    platform?: string;
    /**
     * The version of Node that runs it; absent: an older agent.
     */
    node?: string;
    /**
     * Where it runs from: `0`, what a package has put there, or the folder of a version that came by an update; absent: an older agent.
     */
    slot?: string;
    /**
     * The version that the trusted commit wants here; absent: none, or an older agent.
     */
    wanted?: {
      version: Version;
      rollout?: RolloutStanding1;
      pinned?: VersionPin1;
    };
    /**
     * How it comes to the version that is wanted; absent: it runs it, or none is wanted.
     */
    update?: {
      /**
       * Name of a release: letters, digits, dot, dash, underscore, plus.
       */
      version: string;
      /**
       * Of its parts for this platform; absent: nobody has listed them.
       */
      digest?: string;
      /**
       * waiting: for its time, bytes, room, a commit. staged: all of it is on the disk, and its self-test has passed. trying: it runs, and has not yet shown that it may stay. refused: it did not, and is set aside by its digest.
       */
      phase: 'waiting' | 'downloading' | 'staged' | 'trying' | 'refused';
      /**
       * Error code, see docs/reference/errors.md.
       */
      code?: string;
      /**
       * For people.
       */
      message?: string;
      /**
       * A moment in UTC, RFC 3339.
       */
      at?: string;
    };
  };
  /**
   * The newest commit that this device has accepted.
   */
  trusted: {
    /**
     * The newest commit that is trusted here.
     */
    commit: string;
    /**
     * A moment in UTC, RFC 3339.
     */
    lineTime?: string;
  };
  /**
   * Why main's head is not trusted. Absent when it is.
   */
  stopped?: {
    /**
     * Error code, see docs/reference/errors.md.
     */
    code: string;
    /**
     * The first commit that is not trusted.
     */
    commit?: string;
    /**
     * Path that was not vouched for.
     */
    path?: string;
    /**
     * For people.
     */
    message: string;
    /**
     * Main's head as it was then; absent: an older agent.
     */
    head?: string;
  };
  /**
   * The commit that `outcome` and `projects` speak of; absent: an older agent, or none was read. `trusted` may be newer while a pass goes on.
   */
  followed?: string;
  /**
   * How the last pass went.
   */
  outcome:
    | 'unchanged'
    | 'applied'
    | 'progressing'
    | 'rolled-back'
    | 'degraded'
    | 'failed'
    | 'paused'
    | 'waiting'
    | 'stale'
    | 'retired';
  /**
   * What the device's file says becomes of its apps. With the outcome `retired` it has: this is its last word.
   */
  retired?: 'stop' | 'remove' | 'remove-with-volumes';
  /**
   * Newest commit whose projects all became healthy here.
   */
  applied?: string;
  /**
   * What a person should know.
   */
  conditions: {
    /**
     * Ready, Trusted, Fetched, Fresh, EngineAnswers, Downloaded, TunnelOpen, …
     */
    type: string;
    /**
     * Whether it holds.
     */
    status: boolean;
    /**
     * One word, or an error code.
     */
    reason: string;
    /**
     * For people.
     */
    message: string;
    /**
     * A moment in UTC, RFC 3339.
     */
    since?: string;
  }[];
  /**
   * One entry for each app.
   */
  projects: {
    /**
     * Lower-case letters, digits and dashes, starting with a letter or digit, up to 63 characters.
     */
    app: string;
    /**
     * Compose project name.
     */
    project: string;
    release?: Version;
    /**
     * Digest of the desired state that runs.
     */
    digest?: string;
    /**
     * How it goes; progressing: it is being brought to `wanted`; unknown: the engine does not answer.
     */
    state:
      | 'healthy'
      | 'progressing'
      | 'degraded'
      | 'rolled-back'
      | 'failed'
      | 'paused'
      | 'waiting'
      | 'removed'
      | 'stopped'
      | 'unknown';
    /**
     * For people.
     */
    message?: string;
    /**
     * A moment in UTC, RFC 3339.
     */
    since?: string;
    /**
     * What the trusted commit wants to run; absent: nothing any more, or an older agent.
     */
    wanted?: {
      release?: Version;
      /**
       * Digest of the desired state. It runs where `digest` is the same, and failed here where `setAside` is.
       */
      digest: string;
    };
    rollout?: RolloutStanding2;
    pinned?: VersionPin2;
    /**
     * Images that come ahead: of the release that is `next`, or of the one that is wanted while its update waits for a window. Absent: none do, or an older agent.
     */
    next?: {
      release?: Version;
      /**
       * waiting: for its time, a window or another try; there: all on the disk, checked; refused: nothing of it comes.
       */
      state: 'waiting' | 'downloading' | 'there' | 'refused';
      /**
       * A moment in UTC, RFC 3339.
       */
      since: string;
      /**
       * That have come, in tenths of all.
       */
      bytes?: number;
      /**
       * Of all its images as they are sent; absent: the release does not say.
       */
      totalBytes?: number;
      /**
       * For people.
       */
      message?: string;
    };
    /**
     * Backups of its data that lie on the device, newest first: the newest ten, of all apps together fewer where there are many services. Absent: none, or an older agent.
     *
     * @maxItems 10
     */
    backups?: {
      /**
       * Its name; when it was begun is the first part of it.
       */
      id: string;
      /**
       * Name of a release: letters, digits, dot, dash, underscore, plus.
       */
      release?: string;
      /**
       * upgrade: before one. schedule: by the clock. aside: what a restore has put aside. request: a person at the device asked.
       */
      cause: 'upgrade' | 'schedule' | 'aside' | 'request';
      /**
       * Of its files.
       */
      bytes: number;
      /**
       * How long it took, milliseconds.
       */
      tookMs?: number;
      /**
       * How many it holds.
       */
      volumes?: number;
      /**
       * Names of the stores that have a copy.
       *
       * @maxItems 8
       */
      stores?: string[];
    }[];
    /**
     * Older ones on the device that are not listed.
     */
    moreBackups?: number;
    /**
     * Why the newest backup that was due is not there. Absent: it is, or none was.
     */
    backupFailing?: {
      /**
       * Error code, see docs/reference/errors.md.
       */
      code: string;
      /**
       * For people.
       */
      message?: string;
      /**
       * A moment in UTC, RFC 3339.
       */
      next?: string;
    };
    /**
     * What came of the restore that was asked for last; absent: none was.
     */
    restore?: {
      /**
       * Id of the backup.
       */
      backup: string;
      /**
       * asked: its time has not come. begun: it is being put back. done: it is in place. failed: what was there is in place. unsure: not done, the device does not remember whether it was.
       */
      state: 'asked' | 'begun' | 'done' | 'failed' | 'unsure';
      /**
       * Error code, see docs/reference/errors.md.
       */
      code?: string;
    };
    /**
     * Digest of the desired state that failed here and is not tried again.
     */
    setAside?: string;
    /**
     * What containers that failed said last, redacted; absent with `telemetry.logs: false`.
     */
    lastWords?: string;
    /**
     * One entry for each service.
     */
    services: {
      /**
       * Service.
       */
      name: string;
      /**
       * Image reference.
       */
      image?: string;
      /**
       * The engine's word: running, exited, …
       */
      state: string;
      /**
       * The engine's word: healthy, unhealthy, starting; absent without a check.
       */
      health?: string;
      /**
       * Restarts since it was created.
       */
      restarts?: number;
      /**
       * Of the last exit.
       */
      exitCode?: number;
    }[];
  }[];
  /**
   * The device's ledger of recorded sessions: an entry for each that began and each that ended. A recording that is missing at the gateway shows by it. Absent: none was ever recorded.
   */
  recordings?: {
    /**
     * Entries.
     */
    count: number;
    /**
     * Hash of the newest entry, which covers all before it.
     */
    head: string;
    /**
     * Recordings that the gateway has not got whole yet.
     */
    waiting?: number;
  };
  /**
   * The tunnel as the device has it.
   */
  tunnel: {
    /**
     * connecting: it should be open and is not yet.
     */
    state: 'open' | 'closed' | 'connecting';
    /**
     * A moment in UTC, RFC 3339.
     */
    until?: string;
    /**
     * From the device's file.
     */
    reason?: string;
    /**
     * Names of what can be reached.
     */
    targets?: string[];
    /**
     * Commands in containers whose person was cut, and that could not be ended: the image has no shell, or they belong to another user by now.
     *
     * @maxItems 20
     */
    leftRunning?: string[];
  };
  /**
   * What was dropped since the status before, and is gone.
   */
  lost?: {
    /**
     * Lines of logs, of all classes.
     */
    logLines?: number;
    /**
     * Bytes, compressed, of all that is counted here.
     */
    logBytes?: number;
    /**
     * The same by class, in the order in which they go: metrics in moments, events one by one.
     */
    records?: {
      /**
       * Lines of debug and trace.
       */
      debug?: number;
      /**
       * Moments of metrics.
       */
      metric?: number;
      /**
       * Other lines.
       */
      log?: number;
      /**
       * Lines of errors.
       */
      error?: number;
      /**
       * Events.
       */
      event?: number;
    };
    /**
     * Segments that were not on the disk as they had been written: set aside.
     */
    damaged?: number;
  };
  /**
   * What the agent runs on; absent: an older agent.
   */
  host?: {
    /**
     * ID and VERSION_ID of os-release, such as `debian 12`.
     */
    os?: string;
    /**
     * Release of the kernel.
     */
    kernel?: string;
    /**
     * Such as `x64` or `arm64`.
     */
    architecture?: string;
    /**
     * Operating system and processor as image indexes name them.
     */
    platform?: string;
    /**
     * Bytes of the machine, as its engine has it.
     */
    memory?: number;
  };
}
/**
 * How it stands to the rollout of the agent; absent: none moves it.
 */
export interface RolloutStanding1 {
  /**
   * Name of a release: letters, digits, dot, dash, underscore, plus.
   */
  name: string;
  /**
   * The stage that the device belongs to, from 1.
   */
  stage?: number;
  /**
   * ahead: its stage is not open; waits: it is, and its time has not come here; open: it has; conflict: several move it, and it stays as it runs.
   */
  state: 'ahead' | 'waits' | 'open' | 'conflict';
  /**
   * A moment in UTC, RFC 3339.
   */
  until?: string;
}
/**
 * Why a device has a version of its own, and until when. In a device's own file, beside the version: no rollout moves such a device, and after `until` it has what fleet.yaml and groups give.
 */
export interface VersionPin1 {
  until?: Instant;
  /**
   * For people.
   */
  reason?: string;
}
/**
 * How it stands to the rollout of its app; absent: none moves it, or an older agent.
 */
export interface RolloutStanding2 {
  /**
   * Name of a release: letters, digits, dot, dash, underscore, plus.
   */
  name: string;
  /**
   * The stage that the device belongs to, from 1.
   */
  stage?: number;
  /**
   * ahead: its stage is not open; waits: it is, and its time has not come here; open: it has; conflict: several move it, and it stays as it runs.
   */
  state: 'ahead' | 'waits' | 'open' | 'conflict';
  /**
   * A moment in UTC, RFC 3339.
   */
  until?: string;
}
/**
 * Why a device has a version of its own, and until when. In a device's own file, beside the version: no rollout moves such a device, and after `until` it has what fleet.yaml and groups give.
 */
export interface VersionPin2 {
  until?: Instant;
  /**
   * For people.
   */
  reason?: string;
}
