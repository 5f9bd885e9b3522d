/**
 * Until when operating systems, kernels, engines and Node are maintained by who makes them, for everybody and without a
 * contract. Dates are those that the named source gave on 2026-11-30; a release of Towline brings newer ones.
 */

export const supportKinds = ['os', 'kernel', 'engine', 'node'] as const;
export type SupportKind = (typeof supportKinds)[number];

export interface SupportedProduct {
  readonly kind: SupportKind;
  /** Of an operating system, its ID in os-release; else its own name. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly source: string;
  /** Version, as far as it says something, and its last day (UTC); null: none was said yet. */
  readonly ends: Readonly<Record<string, string | null>>;
}

const redHat = { '8': '2029-05-31', '9': '2032-05-31', '10': '2035-05-31' } as const;
const debian = {
  '9': '2022-07-01',
  '10': '2024-06-30',
  '11': '2026-08-31',
  '12': '2028-06-30',
  '13': '2030-06-30',
} as const;

export const supportTable: readonly SupportedProduct[] = [
  // With the two years of LTS, which cover amd64, arm64 and armhf.
  { kind: 'os', id: 'debian', name: 'Debian', source: 'https://wiki.debian.org/LTS', ends: debian },
  // Raspberry Pi gives no date of its own: it goes as long as the Debian beneath it. (64 bit calls itself debian.)
  {
    ...{ kind: 'os', id: 'raspbian', name: 'Raspberry Pi OS' },
    source: 'https://www.raspberrypi.com/software/operating-systems/',
    ends: debian,
  },
  {
    ...{ kind: 'os', id: 'ubuntu', name: 'Ubuntu', source: 'https://ubuntu.com/about/release-cycle' },
    ends: {
      '18.04': '2023-05-31',
      '20.04': '2025-05-31',
      '22.04': '2027-04-01',
      '24.04': '2029-05-31',
      '24.10': '2025-07-10',
      '25.04': '2026-01-17',
      '25.10': '2026-07-01',
      '26.04': '2031-04-30',
    },
  },
  {
    ...{ kind: 'os', id: 'alpine', name: 'Alpine Linux', source: 'https://alpinelinux.org/releases/' },
    ends: {
      '3.16': '2024-05-23',
      '3.17': '2024-11-22',
      '3.18': '2025-05-09',
      '3.19': '2025-11-01',
      '3.20': '2026-04-01',
      '3.21': '2026-11-01',
      '3.22': '2027-05-01',
      '3.23': '2027-11-01',
      '3.24': '2028-06-01',
    },
  },
  {
    ...{ kind: 'os', id: 'rhel', name: 'Red Hat Enterprise Linux', ends: redHat },
    source: 'https://access.redhat.com/support/policy/updates/errata',
  },
  {
    ...{ kind: 'os', id: 'rocky', name: 'Rocky Linux', ends: redHat },
    source: 'https://wiki.rockylinux.org/rocky/version/',
  },
  {
    ...{ kind: 'os', id: 'almalinux', name: 'AlmaLinux', ends: redHat },
    source: 'https://wiki.almalinux.org/release-notes/',
  },
  {
    ...{ kind: 'os', id: 'amzn', name: 'Amazon Linux', ends: { '2': '2026-06-30', '2023': '2029-06-30' } },
    source: 'https://aws.amazon.com/amazon-linux-2/faqs/',
  },
  {
    ...{ kind: 'kernel', id: 'linux', name: 'Linux', source: 'https://www.kernel.org/releases.html' },
    ends: {
      '4.14': '2024-01-31',
      '4.19': '2024-12-31',
      '5.4': '2025-12-31',
      '5.10': '2026-12-31',
      '5.15': '2026-12-31',
      '6.1': '2027-12-31',
      '6.6': '2027-12-31',
      '6.12': '2028-12-31',
      '6.18': '2028-12-31',
    },
  },
  {
    ...{ kind: 'engine', id: 'docker', name: 'Docker Engine' },
    source: 'https://github.com/moby/moby/blob/master/project/BRANCHES-AND-TAGS.md',
    ends: {
      '18.09': '2019-08-22',
      '19.03': '2021-01-08',
      '20.10': '2023-12-10',
      '23.0': '2025-05-19',
      '24.0': '2024-06-08',
      '25.0': '2026-12-04',
      '26.0': '2024-06-08',
      '26.1': '2025-02-17',
      '27': '2025-05-03',
      '28': '2026-05-13',
      '29': null,
    },
  },
  // A minor is over when the next one is there; of what is older nothing but a major says something.
  {
    ...{
      kind: 'engine',
      id: 'podman',
      name: 'Podman',
      source: 'https://github.com/containers/podman/releases',
    },
    ends: { '3': '2022-02-17', '4': '2024-05-30', '5': '2026-09-26', '6': null },
  },
  {
    ...{ kind: 'node', id: 'node', name: 'Node.js', source: 'https://github.com/nodejs/Release' },
    ends: {
      '18': '2025-04-30',
      '20': '2026-04-30',
      '22': '2027-04-30',
      '24': '2028-04-30',
      '26': '2029-04-30',
    },
  },
];
