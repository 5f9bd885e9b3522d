/** Whose address it is, as far as limits are concerned. IPv6: whoever has one address has 2^64 of them. */
export function addressGroup(address: string | undefined): string {
  if (address === undefined || !address.includes(':') || address.includes('.')) return address ?? '';
  const groups = (address.split('::')[0] ?? '').split(':');
  return [0, 1, 2, 3].map(at => groups[at] || '0').join(':');
}
