package freshet.learners.stability.rules;

import freshet.learners.LearnedRecords;
import freshet.learners.SavedState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A watch's bytes: format (int), model (UTF), late, refused, newest and last good version (longs),
 * records learned last, number of versions that settle (int) and each (long; none of both in format
 * 1); alarms that wait are part of the rules that have gone, of which the next restore finds none.
 * Number of parts (int), each: name (UTF), first and last number, event time, time heard (longs),
 * number of rules (int), each: key, severity and definition (UTF), bytes (int length): number of
 * its incidents, each place and state, then of each condition the number of places, each place and
 * state. Rules without anything at a part are left out.
 */
final class WatchState {

    static final int FORMAT_VERSION = 2;
    private static final int WITHOUT_RECORDS = 1; // nor versions that settle

    private WatchState() {}

    static byte[] write(Watch watch) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(FORMAT_VERSION);
            out.writeUTF(watch.modelName);
            out.writeLong(watch.late);
            out.writeLong(watch.refused);
            out.writeLong(watch.newestVersion);
            out.writeLong(watch.lastGoodVersion);
            watch.learned.write(out);
            out.writeInt(watch.settling.size());
            for (long version : watch.settling) {
                out.writeLong(version);
            }
            writeWaiting(watch.waiting, out);
            out.writeInt(watch.parts.size());
            for (PartState part : watch.parts.values()) {
                out.writeUTF(part.name);
                out.writeLong(part.firstNumber);
                out.writeLong(part.lastNumber);
                out.writeLong(part.lastEventTimeMillis);
                out.writeLong(part.heardEventTimeMillis);
                writeRules(watch.rules, part, out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void writeWaiting(List<Alarm> waiting, DataOutputStream out) throws IOException {
        out.writeInt(waiting.size());
        for (Alarm alarm : waiting) {
            out.writeUTF(alarm.dedupeKey());
            out.writeUTF(alarm.rule());
            out.writeUTF(alarm.severity().name());
            out.writeLong(alarm.modelVersion());
            out.writeLong(alarm.lastGoodVersion());
            out.writeLong(alarm.eventTimeMillis());
            out.writeUTF(alarm.part());
            out.writeLong(alarm.number());
            out.writeUTF(alarm.message());
        }
    }

    private static void writeRules(RuleSet rules, PartState part, DataOutputStream out)
            throws IOException {
        var used = new ByteArrayOutputStream();
        int count = 0;
        try (var all = new DataOutputStream(used)) {
            for (int index = 0; index < rules.rules().size(); index++) {
                byte[] one = writeRule(rules, index, part);
                if (one.length > 0) {
                    Rule rule = rules.rules().get(index);
                    count++;
                    all.writeUTF(rule.key());
                    all.writeUTF(rule.severity().name());
                    all.writeUTF(definition(rule));
                    all.writeInt(one.length);
                    all.write(one);
                }
            }
        }
        out.writeInt(count);
        used.writeTo(out);
    }

    /** Under another one the numbers would mean something else; its words may change. */
    private static String definition(Rule rule) {
        return "%s %s need %d of %s, share %s"
                .formatted(
                        rule.key(),
                        rule.part(),
                        rule.need(),
                        rule.isSilence() ? rule.silence() : rule.conditions(),
                        rule.headShare());
    }

    private static byte[] writeRule(RuleSet rules, int index, PartState part) throws IOException {
        Rule rule = rules.rules().get(index);
        int first = rules.firstConditionOf(index);
        boolean empty = part.incidents(index).isEmpty();
        for (int i = 0; i < rule.conditions().size(); i++) {
            empty &= part.conditions(first + i).isEmpty();
        }
        if (empty) {
            return new byte[0];
        }
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(part.incidents(index).size());
            for (Incident incident : part.incidents(index).values()) {
                out.writeInt(incident.layer);
                out.writeInt(incident.head);
                incident.write(out);
            }
            for (int i = 0; i < rule.conditions().size(); i++) {
                out.writeInt(part.conditions(first + i).size());
                for (ConditionState state : part.conditions(first + i).values()) {
                    out.writeInt(state.layer);
                    out.writeInt(state.head);
                    state.write(out);
                }
            }
        }
        return bytes.toByteArray();
    }

    static String model(byte[] snapshot) {
        try (var in = new DataInputStream(new ByteArrayInputStream(snapshot))) {
            format(in);
            return in.readUTF();
        } catch (IOException e) {
            throw new IllegalArgumentException("state of a watch is cut short", e);
        }
    }

    private static int format(DataInputStream in) throws IOException {
        int format = in.readInt();
        if (format < WITHOUT_RECORDS || format > FORMAT_VERSION) {
            throw new IllegalArgumentException(
                    "state of a watch in format %d, this build reads %d and %d"
                            .formatted(format, WITHOUT_RECORDS, FORMAT_VERSION));
        }
        return format;
    }

    static void read(Watch watch, byte[] snapshot) {
        try (var in = new DataInputStream(new ByteArrayInputStream(snapshot))) {
            boolean hasRecords = format(in) > WITHOUT_RECORDS;
            String model = in.readUTF();
            if (!model.equals(watch.modelName)) {
                throw new IllegalArgumentException(
                        "state of a watch over %s, this one is over %s"
                                .formatted(model, watch.modelName));
            }
            watch.late = in.readLong();
            watch.refused = in.readLong();
            watch.newestVersion = in.readLong();
            watch.lastGoodVersion = in.readLong();
            watch.learned = hasRecords ? LearnedRecords.read(in) : LearnedRecords.NONE;
            watch.settling.clear();
            for (int i = hasRecords ? in.readInt() : 0; i > 0; i--) {
                watch.settling.add(in.readLong());
            }
            watch.parts.clear();
            watch.waiting.clear();
            watch.places = 0;
            readWaiting(watch, hasRecords, in);
            for (int i = in.readInt(); i > 0; i--) {
                String name = in.readUTF();
                PartState part = new PartState(name, in.readLong(), watch.rules);
                watch.parts.put(name, part);
                part.lastNumber = in.readLong();
                part.lastEventTimeMillis = in.readLong();
                part.heardEventTimeMillis = in.readLong();
                for (int rules = in.readInt(); rules > 0; rules--) {
                    readRule(watch, part, in);
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("state of a watch is cut short", e);
        }
    }

    private static void readWaiting(Watch watch, boolean hasPart, DataInputStream in)
            throws IOException {
        for (int i = in.readInt(); i > 0; i--) {
            watch.waiting.add(
                    new Alarm(
                            in.readUTF(),
                            in.readUTF(),
                            Severity.valueOf(in.readUTF()),
                            true,
                            watch.modelName,
                            in.readLong(),
                            in.readLong(),
                            in.readLong(),
                            hasPart ? in.readUTF() : "",
                            hasPart ? in.readLong() : -1,
                            in.readUTF(),
                            List.of(),
                            LearnedRecords.NONE));
        }
    }

    private static void readRule(Watch watch, PartState part, DataInputStream in)
            throws IOException {
        String key = in.readUTF();
        Severity severity = Severity.valueOf(in.readUTF());
        String definition = in.readUTF();
        byte[] bytes = SavedState.readBlock(in);
        List<Rule> rules = watch.rules.rules();
        int index = 0;
        while (index < rules.size() && !definition(rules.get(index)).equals(definition)) {
            index++;
        }
        try (var own = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (index == rules.size()) {
                end(watch, part, key, severity, own);
            } else {
                readRule(watch, part, index, own);
            }
        }
    }

    private static void readRule(Watch watch, PartState part, int index, DataInputStream in)
            throws IOException {
        for (int i = in.readInt(); i > 0; i--) {
            part.incident(index, in.readInt(), in.readInt()).read(in);
        }
        int first = watch.rules.firstConditionOf(index);
        for (int i = 0; i < watch.rules.rules().get(index).conditions().size(); i++) {
            for (int places = in.readInt(); places > 0; places--) {
                int layer = in.readInt();
                int head = in.readInt();
                Condition asks = watch.rules.condition(first + i);
                var state = new ConditionState(first + i, asks, part.name, layer, head);
                state.read(in);
                part.conditions(first + i).put(PartState.place(layer, head), state);
                watch.places++;
            }
        }
    }

    /** A rule that has gone or changed: nobody would ever end its open incidents. */
    private static void end(
            Watch watch, PartState part, String key, Severity severity, DataInputStream in)
            throws IOException {
        for (int i = in.readInt(); i > 0; i--) {
            var incident = new Incident(in.readInt(), in.readInt());
            incident.read(in);
            if (incident.isOpen()) {
                int colon = key.indexOf(':');
                watch.waiting.add(
                        new Alarm(
                                watch.dedupeKey(key, part, incident),
                                colon < 0 ? key : key.substring(0, colon),
                                severity,
                                true,
                                watch.modelName,
                                watch.newestVersion,
                                watch.lastGoodVersion,
                                part.lastEventTimeMillis,
                                part.name,
                                part.lastNumber,
                                "Over: the rule was changed or switched off",
                                List.of(),
                                LearnedRecords.NONE));
            }
        }
    }
}
