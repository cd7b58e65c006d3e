/** The one table, the one bucket and the key of both. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { CATALOGUE_RETENTION_DAYS, PLAN_RETENTION_DAYS, SNAPSHOT_RETENTION_DAYS } from './settings.ts';

/** Index and attribute, as `lib/adapters/aws/table/keys.ts` names them. */
export const MOVING_INDEX = 'moving';

export class Storage extends Construct {
  readonly key: Key;
  readonly table: Table;
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { cluster }: { readonly cluster: string }) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: `Dovetail's table and bucket for cluster ${cluster}`,
      enableKeyRotation: true,
      // What outlives the stack (the bucket, the table's last backup) must stay readable: a month to take it back.
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(30),
    });
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.key,
      timeToLiveAttribute: 'expiresAtSeconds',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // DynamoDB keeps a last backup of a deleted table with point-in-time recovery for 35 days.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // What of the listed partitions something is due for; local, because only such an index is read strongly.
    this.table.addLocalSecondaryIndex({
      indexName: MOVING_INDEX,
      sortKey: { name: MOVING_INDEX, type: AttributeType.STRING },
    });
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      enforceSSL: true,
      // Content-addressed: what is put under a key never differs, so there is nothing that versions would save.
      versioned: false,
      lifecycleRules: [
        { id: 'snapshots', prefix: 'snapshots/', expiration: Duration.days(SNAPSHOT_RETENTION_DAYS) },
        { id: 'plans', prefix: 'plans/', expiration: Duration.days(PLAN_RETENTION_DAYS) },
        { id: 'catalogues', prefix: 'catalogues/', expiration: Duration.days(CATALOGUE_RETENTION_DAYS) },
        { id: 'uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      // A bucket with objects cannot be deleted; its rules empty it.
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
