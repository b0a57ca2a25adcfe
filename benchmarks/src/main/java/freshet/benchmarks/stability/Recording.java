package freshet.benchmarks.stability;

import freshet.learners.Measurement;
import freshet.learners.stability.rules.Report;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * What a run that nobody treated reported, to be judged by other rules in a moment.
 *
 * @param losses by batch, from 1; NaN where none was learned
 * @param reports in their order
 * @param batches of each report the batch it came after
 * @param score nats a token of the version served last, on a text that was not learned
 */
record Recording(double[] losses, List<Report> reports, List<Integer> batches, double score) {

    void write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        try (var out = new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
            out.writeDouble(score);
            out.writeInt(losses.length);
            for (double loss : losses) {
                out.writeDouble(loss);
            }
            out.writeInt(reports.size());
            for (int i = 0; i < reports.size(); i++) {
                Report report = reports.get(i);
                out.writeInt(batches.get(i));
                out.writeUTF(report.part());
                out.writeLong(report.number());
                out.writeInt(report.points().size());
                for (Measurement point : report.points()) {
                    point.write(out);
                }
            }
        }
    }

    static Recording read(Path file) throws IOException {
        try (var in = new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
            double score = in.readDouble();
            double[] losses = new double[in.readInt()];
            for (int i = 0; i < losses.length; i++) {
                losses[i] = in.readDouble();
            }
            List<Report> reports = new ArrayList<>();
            List<Integer> batches = new ArrayList<>();
            for (int i = in.readInt(); i > 0; i--) {
                int batch = in.readInt();
                String part = in.readUTF();
                long number = in.readLong();
                List<Measurement> points = new ArrayList<>();
                for (int j = in.readInt(); j > 0; j--) {
                    points.add(Measurement.read(in));
                }
                batches.add(batch);
                reports.add(new Report(part, number, batch, points));
            }
            return new Recording(losses, reports, batches, score);
        }
    }
}
