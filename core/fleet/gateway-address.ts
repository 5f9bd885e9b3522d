/** A gateway as a dialler needs it. */
export interface GatewayAddress {
  readonly address: string;
  /** `sha256:<base64>` of the TLS key's SubjectPublicKeyInfo. */
  readonly tlsPins: readonly string[];
  readonly sshHostKeys: readonly string[];
}
