/**
 * One step of the stream each: thin Flink functions around plain Java. No topic and no Kafka type
 * appears here.
 *
 * <p>Read in the order a record flows. Learn branch: {@link freshet.operators.TextDecoder}, {@link
 * freshet.operators.OrderFunction}, {@link freshet.operators.DropRepeatsFunction}, {@link
 * freshet.operators.LearnFunction}, {@link freshet.operators.ModelChunks}. Predict branch: {@link
 * freshet.operators.SequenceFunction}, {@link freshet.operators.AssembleModelsFunction}, {@link
 * freshet.operators.EncodeFunction}, {@link freshet.operators.MemoryOperator}, {@link
 * freshet.operators.MixFunction}.
 *
 * <p>Images: {@link freshet.operators.ImageObservationDecoder} and {@link
 * freshet.operators.LabelDecoder}, {@link freshet.operators.JoinLabelsFunction} between order and
 * learner, {@link freshet.operators.ClassifyFunction}, {@link freshet.operators.ScoreFunction}.
 *
 * <p>What travels between steps are the mutable POJOs of this package: Flink's POJO serializer is
 * the only one in use (Kryo is switched off), and no step changes a record that it has been handed.
 */
package freshet.operators;
