package freshet.jobs.plot;

import freshet.jobs.CommandFailure;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Curves as a PNG file; needs no screen, but the fonts that Java finds through fontconfig. */
public final class CurvePicture {

    private static final int WIDTH_PIXELS = 1000;
    private static final int HEIGHT_PIXELS = 560;

    /** Told apart also by those who see no red or no green. */
    private static final Color[] COLOURS = {
        new Color(0xD55E00),
        new Color(0x0072B2),
        new Color(0x009E73),
        new Color(0xE69F00),
        new Color(0xCC79A7)
    };

    private CurvePicture() {}

    /**
     * Writes the file.
     *
     * @throws CommandFailure if this Java finds no fonts
     */
    public static void write(Curves curves, Path png) throws IOException {
        TextDrawing.draw(
                () ->
                        BitmapEncoder.saveBitmap(
                                chart(curves), png.toString(), BitmapEncoder.BitmapFormat.PNG));
    }

    private static XYChart chart(Curves curves) {
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH_PIXELS)
                        .height(HEIGHT_PIXELS)
                        .xAxisTitle(curves.x())
                        .yAxisTitle(curves.y())
                        .build();
        chart.getStyler()
                .setLegendPosition(Styler.LegendPosition.OutsideS)
                .setLegendLayout(Styler.LegendLayout.Horizontal)
                .setChartBackgroundColor(Color.WHITE)
                .setPlotBorderVisible(false)
                .setChartTitleVisible(false);
        for (int i = 0; i < curves.curves().size(); i++) {
            Curves.Curve curve = curves.curves().get(i);
            if (curve.values().stream().anyMatch(Double::isFinite)) {
                XYSeries series = chart.addSeries(curve.name(), curves.places(), curve.values());
                series.setMarker(SeriesMarkers.NONE);
                series.setLineColor(COLOURS[i % COLOURS.length]);
                series.setLineWidth(2);
            }
        }
        curves.markLabels().forEach(label -> addMarks(chart, curves, label));
        return chart;
    }

    /** Marks of one label as one dashed series: NaN lifts the pen between them. */
    private static void addMarks(XYChart chart, Curves curves, String label) {
        List<Double> places = new ArrayList<>();
        List<Double> heights = new ArrayList<>();
        for (Curves.Mark mark : curves.marks()) {
            if (mark.label().equals(label)) {
                places.addAll(List.of(mark.place(), mark.place(), mark.place()));
                heights.addAll(List.of(curves.lowest(), curves.highest(), Double.NaN));
            }
        }
        XYSeries marks = chart.addSeries(label, places, heights);
        marks.setMarker(SeriesMarkers.NONE);
        marks.setLineColor(Color.GRAY);
        marks.setLineStyle(
                new BasicStroke(
                        1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 0, new float[] {4}, 0));
    }
}
