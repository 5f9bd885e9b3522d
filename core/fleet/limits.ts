/** How much of a fleet repository is read. Beyond a limit there is a problem, never a silent cut. */

/** One YAML file, bytes. */
export const maxYamlBytes = 1024 * 1024;
/** Devices of one fleet. */
export const maxDevices = 100_000;
/** Files below one of the other folders (groups, operators, releases of an app). */
export const maxFilesOfAKind = 20_000;
/** Rollouts of one app: those that have ended go. What a device asks of them grows faster than their number. */
export const maxRolloutsOfAnApp = 64;
/** One file that an app brings to a device, bytes. */
export const maxProjectFileBytes = 16 * 1024 * 1024;
/** All files that an app brings to a device, bytes. */
export const maxProjectBytes = 64 * 1024 * 1024;
/** How many files an app may bring to a device. */
export const maxProjectFiles = 4096;
/** Aliases that one YAML file may resolve to. */
export const maxAliases = 1000;
/** Problems that are collected of one file. */
export const maxProblemsOfAFile = 100;
