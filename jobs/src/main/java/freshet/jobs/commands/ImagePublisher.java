package freshet.jobs.commands;

import freshet.jobs.CommandFailure;
import freshet.jobs.KafkaAccess;
import freshet.learners.vision.ImageHeader;
import freshet.schemas.AvroCodec;
import freshet.schemas.ImageFormat;
import freshet.schemas.ImageObservation;
import freshet.schemas.Label;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;

/**
 * Writes pictures of one source into the images topic, numbered without gaps and in order, and
 * their classes into the labels topic, each so many records later. Key of a label: the record's id.
 */
final class ImagePublisher implements AutoCloseable {

    private final String labelsTopic;
    private final String source;
    private final SourcePublisher<ImageObservation> images;
    private final AvroCodec<Label> labelCodec = AvroCodec.of(Label.class);
    private final LabelsHeldBack labels;
    private long labelsSent;
    private long lastEventTime;

    /**
     * @param firstSequence number of the first picture
     * @param labelDelay records between a picture and the one that its label follows, from 0
     * @throws CommandFailure if no broker answers or the images topic does not exist
     */
    ImagePublisher(
            KafkaAccess kafka,
            String imagesTopic,
            String labelsTopic,
            String source,
            long firstSequence,
            long labelDelay) {
        this.labelsTopic = labelsTopic;
        this.source = source;
        labels = new LabelsHeldBack(labelDelay);
        images =
                new SourcePublisher<>(
                        kafka, imagesTopic, ImageObservation.class, source, firstSequence);
    }

    /**
     * The highest sequence that the topic holds of this source, or -1. Reads the whole topic.
     * Pictures that are not learned from have numbers too: a label finds its picture by them.
     */
    static long lastSequence(KafkaAccess kafka, String imagesTopic, String source) {
        return SourcePublisher.lastSequence(
                kafka, imagesTopic, ImageObservation.class, source, ImageObservation::getSequence);
    }

    /**
     * Sends one picture, then the labels that follow it; returns before the broker has them.
     *
     * @param learn whether it may be learned from
     * @param eventTimeMillis when it was taken, since 1970-01-01 UTC; must not fall
     * @throws CommandFailure if this or an earlier one could not be written
     */
    void send(PictureFile file, OptionalInt label, boolean learn, long eventTimeMillis) {
        ImageHeader header = file.header();
        long sequence = images.nextSequence();
        String recordId = source + "/" + sequence;
        images.send(
                number ->
                        new ImageObservation(
                                source,
                                number,
                                eventTimeMillis,
                                recordId,
                                ImageFormat.valueOf(header.format().name()),
                                header.width(),
                                header.height(),
                                header.channels(),
                                header.bitsPerChannel(),
                                ByteBuffer.wrap(file.bytes()),
                                learn));
        label.ifPresent(given -> labels.add(sequence, recordId, given));
        send(labels.due(sequence, eventTimeMillis));
        lastEventTime = eventTimeMillis;
    }

    /** Sends the labels that still wait and waits until the broker has everything. */
    void end() {
        send(labels.rest(lastEventTime));
        images.flush();
    }

    private void send(List<Label> due) {
        for (Label label : due) {
            images.sendBeside(
                    labelsTopic,
                    label.getRecordId().getBytes(StandardCharsets.UTF_8),
                    labelCodec.encode(label));
            labelsSent++;
        }
    }

    /** Number of the next picture. */
    long nextSequence() {
        return images.nextSequence();
    }

    long labelsSent() {
        return labelsSent;
    }

    @Override
    public void close() {
        images.close();
    }
}
