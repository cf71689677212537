import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";

// Port 1 of this machine: nothing listens there.
const client = new S3Client({
  region: "auto",
  endpoint: "http://127.0.0.1:1",
  forcePathStyle: true,
  maxAttempts: 1,
  credentials: { accessKeyId: "id", secretAccessKey: "secret" },
});

export default {
  async fetch(): Promise<Response> {
    try {
      await client.send(new ListObjectsV2Command({ Bucket: "uploads" }));
      return new Response("connected");
    } catch (error) {
      return new Response((error as { code: string }).code);
    }
  },
};
