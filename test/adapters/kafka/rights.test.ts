import { access, appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import kafkajs from 'kafkajs';
import { BusUnavailableError } from '#application/ports/event-bus.ts';
import { freshTopic, message, openBus, textsOf } from '#test/adapters/kafka/kafka-for-file.ts';
import { orSkip } from '#test/servers/skip.ts';
import { findServer } from '../../../scripts/servers/find-server.ts';
import type { ServerProgram } from '../../../scripts/servers/server.ts';
import { startTemporary } from '../../../scripts/servers/start-temporary.ts';

const kafka = await orSkip(test, async () => startTemporary(withRights(await findServer('kafka'))));
if (kafka !== null) {
  test.after.always('its Kafka goes', () => kafka.dispose());

  test('a topic that we may not write to is said by name, and works as soon as we may', async (t) => {
    const plan = freshTopic();
    const bus = openBus(t, kafka.address, { topics: [plan] });
    await bus.publish([message(plan.topic, 'allowed')]);
    const admin = new kafkajs.Kafka({
      brokers: [kafka.address],
      logLevel: kafkajs.logLevel.NOTHING,
    }).admin();
    await admin.connect();
    t.teardown(() => admin.disconnect());
    const denied = {
      resourceType: kafkajs.AclResourceTypes.TOPIC,
      resourceName: plan.topic,
      resourcePatternType: kafkajs.ResourcePatternTypes.LITERAL,
      principal: 'User:ANONYMOUS',
      host: '*',
      operation: kafkajs.AclOperationTypes.WRITE,
      permissionType: kafkajs.AclPermissionTypes.DENY,
    };
    await admin.createAcls({ acl: [denied] });
    await t.throwsAsync(bus.publish([message(plan.topic, 'denied')]), {
      instanceOf: BusUnavailableError,
      message: /TOPIC_AUTHORIZATION_FAILED/,
    });
    await admin.deleteAcls({ filters: [denied] });
    await bus.publish([message(plan.topic, 'allowed again')]);
    t.deepEqual(textsOf(await bus.readTopic(plan.topic)), ['allowed', 'allowed again']);
  });
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
