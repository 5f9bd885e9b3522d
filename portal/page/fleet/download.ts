/** Downloads a bundle through the page, so that its progress is seen and its bytes are hashed before it is kept. */

import type { Bundle } from '../api/answers.ts';
import { request } from '../api/client.ts';
import { pathPart } from '../part/address.ts';
import { save } from '../part/save.ts';

/** @param onArrived bytes so far @returns SHA-256 in hex, of what arrived @throws Failure */
export async function download(bundle: Bundle, onArrived: (bytes: number) => void): Promise<string> {
  const { body } = await request(`/bundles/${pathPart(bundle.id)}/file`);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  if (body !== null) {
    for (const reader = body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      bytes += value.byteLength;
      onArrived(bytes);
    }
  }
  const blob = new Blob(parts, { type: 'application/octet-stream' });
  const hash = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer());
  save(blob, bundle.name);
  return Array.from(new Uint8Array(hash), byte => byte.toString(16).padStart(2, '0')).join('');
}
