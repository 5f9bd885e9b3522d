/** A refusal as clients of registries read it. Source: OCI Distribution Specification 1.1, "Error Codes". */
import type { ErrorCode, TowlineError } from '../../core/errors.ts';

const codes: Partial<Record<ErrorCode, string>> = {
  GATEWAY_CERTIFICATE_MISSING: 'UNAUTHORIZED',
  GATEWAY_KEY_UNKNOWN: 'UNAUTHORIZED',
  GATEWAY_DEVICE_WAITING: 'DENIED',
  GATEWAY_DEVICE_REVOKED: 'DENIED',
  GATEWAY_DEVICE_RETIRED: 'DENIED',
  GATEWAY_IMAGE_FORBIDDEN: 'DENIED',
  GATEWAY_REGISTRY_READ_ONLY: 'UNSUPPORTED',
  GATEWAY_RATE_LIMITED: 'TOOMANYREQUESTS',
  GATEWAY_BUSY: 'TOOMANYREQUESTS',
};

/** @param path of the request: what is unknown is a manifest or a blob by it */
export function ociError({ code, message, details }: TowlineError, path: string): object {
  const unknown = path.includes('/blobs/') ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN';
  const malformed = typeof details.oci === 'string' ? details.oci : undefined;
  const said = malformed ?? (code === 'GATEWAY_IMAGE_UNKNOWN' ? unknown : codes[code]) ?? 'UNKNOWN';
  return { errors: [{ code: said, message, detail: { code } }] };
}
