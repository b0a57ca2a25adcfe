/**
 * What travels: one Avro schema per kind of record (under {@code src/main/avro}, units and ranges
 * in each field's doc) and {@link freshet.schemas.AvroCodec}, which writes and reads them. The
 * bytes are described in {@code docs/wire-format.md} so that clients in any language can produce
 * them.
 */
package freshet.schemas;
