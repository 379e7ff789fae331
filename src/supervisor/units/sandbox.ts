/** A line of a unit. */
export type UnitEntry = readonly [key: string, value: string | number];

/** Where a service is kept from what it does not need. */
export interface Sandbox {
  /** The only folder that it may write to. */
  readonly writableFolder: string;
  /** The manager that starts it; a user's own has fewer rights, and can show a service other files only where users may make namespaces. */
  readonly manager: 'system' | 'user' | 'userWithoutNamespaces';
}

/** What needs no namespace, so that any manager can set it. Without `MemoryDenyWriteExecute`, as V8 writes the code that it runs. */
const anywhere: readonly UnitEntry[] = [
  ['UMask', '0077'],
  ['NoNewPrivileges', 'yes'],
  // AF_NETLINK: by it a program learns the addresses of its machine.
  ['RestrictAddressFamilies', 'AF_INET AF_INET6 AF_UNIX AF_NETLINK'],
  ['RestrictNamespaces', 'yes'],
  ['RestrictRealtime', 'yes'],
  ['RestrictSUIDSGID', 'yes'],
  ['LockPersonality', 'yes'],
  ['KeyringMode', 'private'],
  ['SystemCallArchitectures', 'native'],
  ['SystemCallFilter', '@system-service'],
  ['SystemCallFilter', '~@privileged'],
  ['SystemCallErrorNumber', 'EPERM'],
];

/** What hides files, users and the kernel's settings. In a user's own manager it works together with `PrivateUsers` (systemd.exec(5)). */
const namespaces = (writableFolder: string): readonly UnitEntry[] => [
  ['CapabilityBoundingSet', ''],
  ['PrivateUsers', 'yes'],
  ['PrivateTmp', 'yes'],
  ['PrivateDevices', 'yes'],
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
];

/** What only the system's manager sets. */
const asSystem: readonly UnitEntry[] = [
  ['AmbientCapabilities', ''],
  ['DevicePolicy', 'closed'],
  ['RemoveIPC', 'yes'],
];

/** Everything that a service is kept from: all but the network, its home and what a program needs to run. */
export function sandboxOf({ writableFolder, manager }: Sandbox): readonly UnitEntry[] {
  return [
    ...anywhere,
    ...(manager === 'userWithoutNamespaces' ? [] : namespaces(writableFolder)),
    ...(manager === 'system' ? asSystem : []),
  ];
}
