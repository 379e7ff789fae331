/** A line of a unit. */
export type UnitEntry = readonly [key: string, value: string | number];

/**
 * What a service of the system is kept from (systemd.exec(5)): everything but the network, its home and what a program
 * needs to run. Only for the system's manager: a user's own can set most of this only where users may make namespaces, and
 * fails the start where they may not. Without `MemoryDenyWriteExecute`, as V8 writes the code that it runs.
 */
export function sandboxOf(writableFolder: string): readonly UnitEntry[] {
  return [
    ['UMask', '0077'],
    ['NoNewPrivileges', 'yes'],
    ['CapabilityBoundingSet', ''],
    ['AmbientCapabilities', ''],
    ['PrivateUsers', 'yes'],
    ['PrivateTmp', 'yes'],
    ['PrivateDevices', 'yes'],
    ['DevicePolicy', 'closed'],
    ['ProtectSystem', 'strict'],
    ['ProtectHome', 'read-only'],
    ['ReadWritePaths', writableFolder],
    ['ProtectClock', 'yes'],
    ['ProtectHostname', 'yes'],
    ['ProtectKernelLogs', 'yes'],
    ['ProtectKernelModules', 'yes'],
    ['ProtectKernelTunables', 'yes'],
    ['ProtectControlGroups', 'yes'],
    ['ProtectProc', 'invisible'],
    // AF_NETLINK: by it a program learns the addresses of its machine.
    ['RestrictAddressFamilies', 'AF_INET AF_INET6 AF_UNIX AF_NETLINK'],
    ['RestrictNamespaces', 'yes'],
    ['RestrictRealtime', 'yes'],
    ['RestrictSUIDSGID', 'yes'],
    ['LockPersonality', 'yes'],
    ['RemoveIPC', 'yes'],
    ['KeyringMode', 'private'],
    ['SystemCallArchitectures', 'native'],
    ['SystemCallFilter', '@system-service'],
    ['SystemCallFilter', '~@privileged'],
    ['SystemCallErrorNumber', 'EPERM'],
  ];
}
