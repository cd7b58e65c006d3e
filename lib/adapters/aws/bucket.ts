import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { awsCall, codeOf } from './errors.ts';

/**
 * Objects by key. What is put under the hash of its content may be put again: it is the same, and its expiry starts anew.
 * A missing object is told from a forbidden one only by a role that may list the bucket (`s3:ListBucket`).
 */
export class Bucket {
  readonly #client: S3Client;
  readonly #name: string;

  constructor(options: { readonly client: S3Client; readonly name: string }) {
    this.#client = options.client;
    this.#name = options.name;
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    const input = { Bucket: this.#name, Key: key, Body: body };
    await awsCall(this.#call('PutObject', key), () => this.#client.send(new PutObjectCommand(input)));
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return awsCall(this.#call('GetObject', key), async () => {
      try {
        const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#name, Key: key }));
        return await Body?.transformToByteArray();
      } catch (error) {
        if (codeOf(error) === 'NoSuchKey') return undefined;
        throw error;
      }
    });
  }

  #call(action: string, key: string) {
    return { service: 'S3', action: `s3:${action}`, target: `${key} in bucket ${this.#name}` } as const;
  }
}
