package freshet.operators;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * Joins images with their labels by record id. Takes both in one order of event time and gives the
 * images on in their order: each with its label, or without one once its time to wait is over, and
 * again when a label comes later than that. What each of them was known by, {@link
 * ImageRecord#settledMillis}, never falls.
 *
 * <p>What happens to a label that
 *
 * <ul>
 *   <li>comes before its image: it waits for it, at most the greatest delay;
 *   <li>comes in time: the image goes on with it;
 *   <li>comes later: the image is given on once more, marked late;
 *   <li>repeats the one before: it is counted and dropped;
 *   <li>contradicts the first: the first one stands, this one goes to the dead letters;
 *   <li>never comes: the image is forgotten after the greatest delay, and counted;
 *   <li>has no image after the greatest delay: it goes to the dead letters.
 * </ul>
 *
 * <p>State: a place for each record id seen within the greatest delay, at most {@link
 * Config#maxRecords}, the oldest going first; with the image where it may still be wanted.
 */
final class LabelJoin {

    /**
     * How long things wait, in event time.
     *
     * @param waitMillis of an image for its label, from 0
     * @param maxDelayMillis between an image and its label, either way, at least {@code waitMillis}
     * @param maxRecords record ids kept, at least 1
     * @param keepForLate whether images are kept for labels that come late
     */
    record Config(long waitMillis, long maxDelayMillis, int maxRecords, boolean keepForLate) {}

    /** Takes what is settled. */
    interface Output {
        void image(ImageRecord image);

        void problem(ImageRecord record, DeadLetterReason reason, String detail);
    }

    /** How often each thing happened since the start of the attempt; for metrics alone. */
    static final class Counts {
        long early;
        long inTime;
        long late;
        long repeated;
        long contradicting;
        long never;
        long withoutImage;
    }

    /** One record id. */
    public static class Place {
        public long sinceMillis;
        public String recordId;

        /** Until it has gone on, and longer if it is kept for a late label. */
        public ImageRecord image;

        /** Until its image comes: what goes to the dead letters if none does. */
        public ImageRecord labelRecord;

        public int label = ImageRecord.NO_LABEL;
        public long labelMillis;
        public boolean imageCame;
        public boolean waiting;
    }

    private final Config config;
    private final Output output;
    private final Counts counts = new Counts();
    private final Map<String, Place> places = new LinkedHashMap<>(); // oldest first
    private final Queue<Place> waiting = new ArrayDeque<>(); // images, in their order
    private long settledMillis = Long.MIN_VALUE;

    LabelJoin(Config config, Output output) {
        this.config = config;
        this.output = output;
    }

    Counts counts() {
        return counts;
    }

    int size() {
        return places.size();
    }

    /** Takes an image or a label, not older than the one before. */
    void add(ImageRecord record) {
        advance(record.eventTimeMillis);
        Place place = places.get(record.recordId);
        if (place == null) {
            place = new Place();
            place.recordId = record.recordId;
            place.sinceMillis = record.eventTimeMillis;
            places.put(record.recordId, place);
        }
        if (record.isLabel()) {
            addLabel(record, place);
        } else {
            addImage(record, place);
        }
        passOn(record.eventTimeMillis);
        while (places.size() > config.maxRecords()) {
            forgetOldest();
        }
    }

    private void addImage(ImageRecord image, Place place) {
        if (place.imageCame) {
            output.problem(
                    image,
                    DeadLetterReason.REPEATED,
                    "record id %s was used before".formatted(image.recordId));
            return;
        }
        place.imageCame = true;
        place.image = image;
        place.labelRecord = null;
        place.waiting = true;
        waiting.add(place);
        if (place.label != ImageRecord.NO_LABEL) {
            counts.early++;
        }
    }

    private void addLabel(ImageRecord label, Place place) {
        if (place.label == label.label) {
            counts.repeated++;
            return;
        }
        if (place.label != ImageRecord.NO_LABEL) {
            counts.contradicting++;
            output.problem(
                    label,
                    DeadLetterReason.CONTRADICTING,
                    "label of %s is %d, the first one was %d"
                            .formatted(label.recordId, label.label, place.label));
            return;
        }
        place.label = label.label;
        place.labelMillis = label.eventTimeMillis;
        if (!place.imageCame) {
            place.labelRecord = label;
        } else if (place.waiting) {
            counts.inTime++;
        } else {
            counts.late++;
            if (place.image != null) {
                settle(place, label.eventTimeMillis, true);
            }
        }
    }

    /** All that was to come until {@code now} has come. */
    private void advance(long now) {
        passOn(now);
        while (!places.isEmpty() && now - oldest().sinceMillis > config.maxDelayMillis()) {
            forgetOldest();
        }
    }

    private void passOn(long now) {
        while (!waiting.isEmpty()) {
            Place first = waiting.peek();
            long end = first.image.eventTimeMillis + config.waitMillis();
            if (first.label == ImageRecord.NO_LABEL && now <= end) {
                return;
            }
            passOnFirst();
        }
    }

    private void passOnFirst() {
        Place first = waiting.remove();
        first.waiting = false;
        long imageMillis = first.image.eventTimeMillis;
        settle(
                first,
                first.label == ImageRecord.NO_LABEL
                        ? imageMillis + config.waitMillis()
                        : Math.max(imageMillis, first.labelMillis),
                false);
    }

    private void settle(Place place, long atMillis, boolean late) {
        settledMillis = Math.max(settledMillis, atMillis);
        ImageRecord image = place.image;
        boolean wantedLater = place.label == ImageRecord.NO_LABEL && config.keepForLate();
        place.image = wantedLater ? image : null;
        output.image(image.settled(place.label, settledMillis, late));
    }

    private Place oldest() {
        return places.values().iterator().next();
    }

    private void forgetOldest() {
        Place oldest = oldest();
        while (oldest.waiting) {
            passOnFirst(); // more images wait than may be kept
        }
        places.remove(oldest.recordId);
        if (!oldest.imageCame) {
            counts.withoutImage++;
            output.problem(
                    oldest.labelRecord,
                    DeadLetterReason.NO_IMAGE,
                    "no image %s came".formatted(oldest.recordId));
        } else if (oldest.label == ImageRecord.NO_LABEL) {
            counts.never++;
        }
    }

    /** The stream has ended. */
    void end() {
        while (!waiting.isEmpty()) {
            passOnFirst();
        }
        while (!places.isEmpty()) {
            forgetOldest();
        }
    }

    long settledMillis() {
        return settledMillis;
    }

    /** All places, oldest first. */
    List<Place> places() {
        return new ArrayList<>(places.values());
    }

    /** Ids of the images that wait, in their order. */
    List<String> waiting() {
        return waiting.stream().map(place -> place.recordId).toList();
    }

    /** Goes on from what {@link #places}, {@link #waiting} and {@link #settledMillis} gave. */
    void restore(Iterable<Place> savedPlaces, Iterable<String> savedWaiting, long savedSettled) {
        Iterator<Place> each = savedPlaces.iterator();
        while (each.hasNext()) {
            Place place = each.next();
            places.put(place.recordId, place);
        }
        savedWaiting.forEach(id -> waiting.add(places.get(id)));
        settledMillis = savedSettled;
    }
}
