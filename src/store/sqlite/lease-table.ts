/** SQL of the table that leases are kept in, for the formats of databases that have one. */
export const createLeaseTable = `
  CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    fence INTEGER NOT NULL,
    until_ms INTEGER NOT NULL
  ) WITHOUT ROWID;
`;
