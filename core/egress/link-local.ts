/** Addresses of a link, where clouds have their metadata: only who names them reaches them. */

export const linkLocal = [
  { range: 'ip daddr 169.254.0.0/16', of: /^169\.254\./ },
  { range: 'ip6 daddr fe80::/10', of: /^fe[89ab][0-9a-f]:/i },
] as const;

/** Whether what an entry names begins there. */
export const isLinkLocal = (to: string): boolean => linkLocal.some(({ of }) => of.test(to));
