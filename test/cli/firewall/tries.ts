/** What a device's site needs, and what nobody at it may do. */
import type { Try } from './site.ts';

/** Everything of a device's story: reports and updates, its backups, what its apps serve and need, a way in by SSH. */
export const works: readonly Try[] = [
  ['device', 'gateway', '8443/tcp'],
  ['device', 'router', '53/tcp'],
  ['device', 'router', '53/udp'],
  ['device', 'router', '123/udp'],
  ['device', 'registry', '5000/tcp'],
  ['device', 'store', '22/tcp'],
  ['device', 'alpha', '9000/tcp'],
  ['device', 'gamma', '9000/tcp'],
  ['router', 'device', '22/tcp'],
  ['neighbour', 'device', '8080/tcp'],
  ['neighbour', 'device', '8053/udp', '4'],
  ['neighbour', 'device', '8081/tcp', '4'],
  ['neighbour', 'device', '8380/tcp'],
  ['alpha', 'mqtt', '8883/tcp'],
  ['alpha', 'router', '53/tcp'],
  ['alpha', 'router', '53/udp'],
  ['alpha', 'alpha-side', '80/tcp'],
  ['gamma', 'gamma-side', '80/tcp'],
  ['beta', 'internet', '443/tcp'],
  ['beta', 'internet', '53/udp'],
  ['beta', 'neighbour', '80/tcp'],
  ['beta', 'router', '53/udp'],
];

/** From one app's network to another's: Docker's own rules refuse them, too. */
export const forbiddenBetween: readonly Try[] = [
  ['alpha', 'beta', '80/tcp'],
  ['alpha', 'gamma', '80/tcp'],
  ['beta', 'alpha', '80/tcp'],
  ['beta', 'alpha-side', '9000/tcp'],
  ['beta', 'gamma', '80/tcp'],
  ['gamma', 'alpha', '80/tcp'],
  ['gamma', 'beta', '80/tcp'],
];

export const forbidden: readonly Try[] = [
  // Out of the device.
  ['device', 'gateway', '22/tcp'],
  ['device', 'gateway', '443/tcp'],
  ['device', 'neighbour', '80/tcp'],
  ['device', 'neighbour', '53/udp'],
  ['device', 'internet', '443/tcp'],
  ['device', 'internet', '53/tcp'],
  ['device', 'internet', '53/udp'],
  ['device', 'internet', '123/udp'],
  ['device', 'metadata', '80/tcp'],
  ['device', 'mqtt', '8883/tcp'],
  ['device', 'router', '80/tcp'],
  ['device', 'registry', '443/tcp'],
  ['device', 'store', '443/tcp'],
  // Into the device.
  ['neighbour', 'device', '22/tcp'],
  ['router', 'device', '9090/tcp'],
  ['neighbour', 'device', '9090/tcp'],
  ['neighbour', 'device', '9090/udp'],
  // Through the device, to what is not published.
  ['neighbour', 'alpha', '80/tcp'],
  ['neighbour', 'alpha', '9000/tcp'],
  ['neighbour', 'beta', '80/tcp'],
  ['neighbour', 'gamma', '80/tcp'],
  // From containers to the device.
  ['alpha', 'device', '22/tcp'],
  ['alpha', 'device', '9090/tcp'],
  ['alpha', 'device', '9090/udp'],
  ['beta', 'device', '22/tcp'],
  ['beta', 'device', '9090/tcp'],
  ['gamma', 'device', '9090/tcp'],
  // From containers to the network.
  ['alpha', 'neighbour', '80/tcp'],
  ['alpha', 'internet', '443/tcp'],
  ['alpha', 'internet', '53/udp'],
  ['alpha', 'metadata', '80/tcp'],
  ['alpha', 'gateway', '8443/tcp'],
  ['alpha', 'registry', '5000/tcp'],
  ['alpha', 'mqtt', '443/tcp'],
  ['alpha', 'mqtt', '8883/udp'],
  ['alpha', 'router', '80/tcp'],
  ['beta', 'metadata', '80/tcp', '4'],
  ['gamma', 'neighbour', '80/tcp'],
  ['gamma', 'internet', '443/tcp'],
  ['gamma', 'router', '53/udp'],
  ['gamma', 'router', '53/tcp'],
  ['gamma', 'gateway', '8443/tcp'],
  ['gamma', 'mqtt', '8883/tcp'],
  ['gamma', 'metadata', '80/tcp'],
];
