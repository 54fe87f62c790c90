import { openSqliteStore } from '#adapters/sqlite/open-sqlite-store.ts';

/** Writes to the store at the path it is given, and ends without closing it. */
const store = await openSqliteStore({ path: process.argv[2] ?? '' });
void store.saveDefinition({ definitionId: 'd', version: 1, source: {}, createdAt: 1 });
