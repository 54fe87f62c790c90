import test from 'ava';
import { openFresh } from '#test/adapters/mongo/open-store.ts';
import { releaseQueueContract } from '#test/contracts/release-queue.ts';
import { mongodbForFile } from '#test/servers/mongodb.ts';

const mongodb = await mongodbForFile(test);
if (mongodb !== null) {
  const { freshUrl } = mongodb;
  releaseQueueContract('mongodb', (t) => openFresh(t, { url: freshUrl() }));
}
