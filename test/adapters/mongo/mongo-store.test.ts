import test from 'ava';
import { openFresh } from '#test/adapters/mongo/open-store.ts';
import { workflowStoreContract } from '#test/contracts/workflow-store.ts';
import { mongodbForFile } from '#test/servers/mongodb.ts';

const mongodb = await mongodbForFile(test);
if (mongodb !== null) {
  const { freshUrl } = mongodb;
  workflowStoreContract('mongodb', (t) => openFresh(t, { url: freshUrl() }));
}
