import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import kafkajs from 'kafkajs';
import { findExecutable, freePort } from '#composition/executables.ts';
import { MissingPieceError } from '#composition/missing-piece.ts';
import { install, installOnce } from './cache.ts';
import { containerProgram, findDocker } from './container.ts';
import { kafkaPom, kafkaProperties } from './kafka-files.ts';
import type { Place, ServerProgram } from './server.ts';

const VERSION = '4.4.0';
/** Any will do, as long as a log folder keeps its own. */
const CLUSTER_ID = 'AAAAAAAAAAAAAAAAAAAAAQ';
/** A broker of tests needs little, and is to start fast. */
const JVM = ['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
/** Where the image looks for settings of ours. */
const IMAGE_CONFIG = '/mnt/shared/config';

/**
 * kafka-server-start.sh from the PATH; else docker, where its engine runs; else Kafka's own jars, fetched from Maven
 * Central into the cache and run with the java of the PATH (17 or newer).
 * @throws MissingPieceError with the one command to type
 */
export async function findKafka(path = process.env['PATH'] ?? ''): Promise<ServerProgram> {
  const script = await findExecutable(['kafka-server-start.sh'], path);
  if (script !== null) {
    const storage = join(dirname(script), 'kafka-storage.sh');
    return kafkaProgram(script, [storage], [script]);
  }
  const docker = await findDocker(path);
  if (docker !== null) return kafkaContainer(docker);
  const [java, mvn] = [await findExecutable(['java'], path), await findExecutable(['mvn'], path)];
  if (java === null || mvn === null) throw noKafka();
  const jars = await installOnce(`kafka-${VERSION}`, (folder) => fetchJars(mvn, folder)).catch(
    (error: unknown) => {
      throw noKafka(error);
    },
  );
  const jvm = [java, ...JVM, '-cp', join(jars, '*')] as const;
  return kafkaProgram(
    `Kafka ${VERSION} from Maven Central`,
    [...jvm, 'kafka.tools.StorageTool'],
    [...jvm, 'kafka.Kafka'],
  );
}

type Command = readonly [file: string, ...args: string[]];

/** @param storage formats a log folder @param server runs the broker; both take the settings file at their end */
function kafkaProgram(name: string, storage: Command, server: Command): ServerProgram {
  const settingsFile = ({ folder }: Place) => join(folder, 'server.properties');
  return {
    kind: 'kafka',
    name,
    async prepare(place) {
      const broker = `127.0.0.1:${place.port}`;
      const controller = `127.0.0.1:${await freePort()}`;
      const logFolder = join(place.folder, 'log');
      const settings = kafkaProperties({ broker, controller, advertised: broker, logFolder });
      await writeFile(settingsFile(place), settings);
      const [file, ...args] = storage;
      const format = ['format', '--ignore-formatted', '-t', CLUSTER_ID, '-c', settingsFile(place)];
      await install(file, [...args, ...format]);
    },
    command: (place) => [...server, settingsFile(place)],
    probe,
    address,
  };
}

function kafkaContainer(docker: string): ServerProgram {
  return containerProgram(docker, {
    kind: 'kafka',
    image: 'apache/kafka:4.4.0',
    port: ({ port }) => port,
    mounts: (folder) => [[join(folder, 'config'), IMAGE_CONFIG]],
    arguments: () => [],
    async prepare(place) {
      await mkdir(join(place.folder, 'config'), { recursive: true });
      const settings = kafkaProperties({
        broker: `0.0.0.0:${place.port}`,
        controller: `127.0.0.1:${place.port === 9093 ? 9094 : 9093}`,
        advertised: address(place),
        logFolder: '/tmp/kafka-logs',
      });
      await writeFile(join(place.folder, 'config', 'server.properties'), settings);
    },
    probe,
    address,
  });
}

async function fetchJars(mvn: string, folder: string): Promise<void> {
  const pom = join(folder, 'pom.xml');
  await writeFile(pom, kafkaPom(VERSION));
  const options = ['-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
  await install(mvn, ['-B', '-q', '-f', pom, 'dependency:copy-dependencies', ...options]);
}

/** It answers, and knows itself as broker and controller: a topic can be made. */
async function probe(place: Place): Promise<void> {
  const client = new kafkajs.Kafka({
    clientId: 'wes-probe',
    brokers: [address(place)],
    connectionTimeout: 1000,
    retry: { retries: 0 },
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = client.admin();
  try {
    await admin.connect();
    const { brokers, controller } = await admin.describeCluster();
    if (brokers.length === 0 || controller === null) throw new Error('no controller yet');
  } finally {
    await admin.disconnect();
  }
}

function address({ port }: Place): string {
  return `127.0.0.1:${port}`;
}

function noKafka(cause?: unknown): MissingPieceError {
  return new MissingPieceError(
    'No Kafka: there is no kafka-server-start.sh in the PATH, no docker engine runs, and its jars could not be fetched ' +
      'with java and mvn. Type: sudo apt-get install -y openjdk-17-jre-headless maven   (or set KAFKA_BROKERS)',
    cause,
  );
}
