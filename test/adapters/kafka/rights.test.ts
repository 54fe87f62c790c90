import { randomUUID } from 'node:crypto';
import { access, appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import kafkajs from 'kafkajs';
import { BusUnavailableError } from '#application/ports/event-bus.ts';
import { freshTopic, message, openBus, textsOf } from '#test/adapters/kafka/kafka-for-file.ts';
import { recordingLogger } from '#test/support/recording-logger.ts';
import { until } from '#test/support/until.ts';
import { orSkip } from '#test/servers/skip.ts';
import { findServer } from '../../../scripts/servers/find-server.ts';
import type { ServerProgram } from '../../../scripts/servers/server.ts';
import { startTemporary } from '../../../scripts/servers/start-temporary.ts';

const LIMIT_MS = 60_000;

const kafka = await orSkip(test, async () => startTemporary(withRights(await findServer('kafka'))));
if (kafka !== null) {
  test.after.always('its Kafka goes', () => kafka.dispose());

  test('a topic that we may not write to is said by name, and works as soon as we may', async (t) => {
    const plan = freshTopic();
    const bus = openBus(t, kafka.address, { topics: [plan] });
    await bus.publish([message(plan.topic, 'allowed')]);
    const { deny, allow } = await rights(t, kafka.address, plan.topic, 'WRITE');
    await deny();
    await t.throwsAsync(bus.publish([message(plan.topic, 'denied')]), {
      instanceOf: BusUnavailableError,
      message: /TOPIC_AUTHORIZATION_FAILED/,
    });
    await allow();
    await bus.publish([message(plan.topic, 'allowed again')]);
    t.deepEqual(textsOf(await bus.readTopic(plan.topic)), ['allowed', 'allowed again']);
  });

  test('a topic that we may not read is said by name; the others are read, and it is too as soon as we may', async (t) => {
    const [open, closed] = [freshTopic(), freshTopic()];
    const logger = recordingLogger();
    const bus = openBus(t, kafka.address, { topics: [open, closed], logger });
    for (const { topic } of [open, closed]) {
      // a busy broker may take a moment for a topic that it has just made
      const publish = () => bus.publish([message(topic, `in ${topic}`)]);
      await until(
        () =>
          publish().then(
            () => true,
            () => false,
          ),
        LIMIT_MS,
      );
    }
    const [ofOpen, ofClosed] = [`in ${open.topic}`, `in ${closed.topic}`];
    const { deny, allow } = await rights(t, kafka.address, closed.topic, 'READ');
    await deny();
    const heard: string[] = [];
    bus.consume({
      group: `wes-${randomUUID()}`,
      topics: [open.topic, closed.topic],
      async handle(messages) {
        heard.push(...textsOf(messages));
        return messages.length;
      },
    });
    await until(() => heard.includes(ofOpen), LIMIT_MS);
    await until(
      () => logger.lines.some((line) => JSON.stringify(line).includes(closed.topic)),
      LIMIT_MS,
    );
    await bus.publish([message(open.topic, 'meanwhile')]);
    await until(() => heard.includes('meanwhile'), LIMIT_MS);
    t.false(heard.includes(ofClosed));
    await allow();
    await until(() => heard.includes(ofClosed), LIMIT_MS);
    t.deepEqual([...new Set(heard)].toSorted(), [ofOpen, ofClosed, 'meanwhile'].toSorted());
  });
}

/** Takes a right on a topic away, and gives it back. */
async function rights(
  t: ExecutionContext,
  broker: string,
  topic: string,
  operation: 'READ' | 'WRITE',
) {
  const { AclResourceTypes, ResourcePatternTypes, AclOperationTypes, AclPermissionTypes } = kafkajs;
  const admin = new kafkajs.Kafka({
    brokers: [broker],
    logLevel: kafkajs.logLevel.NOTHING,
  }).admin();
  await admin.connect();
  t.teardown(() => admin.disconnect());
  const denied = {
    resourceType: AclResourceTypes.TOPIC,
    resourceName: topic,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: 'User:ANONYMOUS',
    host: '*',
    operation: AclOperationTypes[operation],
    permissionType: AclPermissionTypes.DENY,
  };
  return {
    deny: () => admin.createAcls({ acl: [denied] }),
    allow: () => admin.deleteAcls({ filters: [denied] }),
  };
}

/** The same server, which asks for rights wherever an access rule speaks of something. */
function withRights(program: ServerProgram): ServerProgram {
  const settings = [
    '',
    'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'allow.everyone.if.no.acl.found=true',
    '',
  ].join('\n');
  return {
    ...program,
    async prepare(place) {
      await program.prepare(place);
      const local = join(place.folder, 'server.properties');
      const mounted = join(place.folder, 'config', 'server.properties');
      const isLocal = await access(local).then(
        () => true,
        () => false,
      );
      await appendFile(isLocal ? local : mounted, settings);
    },
  };
}
