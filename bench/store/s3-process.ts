/** The S3 server of the tests as a process of its own; prints the environment in which clients find it. */
import { TestS3 } from '../../libs/storage/testing/s3-server.js';

const s3 = await TestS3.start();
setInterval(() => s3.requests.splice(0), 100); // it keeps all bodies for tests
process.once('SIGTERM', () => {
  void s3.stop().then(() => process.exit(0));
});
console.log(JSON.stringify({ event: 'ready', env: s3.env }));
