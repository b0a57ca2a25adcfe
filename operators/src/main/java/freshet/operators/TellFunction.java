package freshet.operators;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people of alerts: a line in the log, and a webhook if there is one. Both at least once:
 * after a failure what came since the last checkpoint is told again, under the same dedupe key.
 */
public final class TellFunction extends ProcessFunction<AlertRecord, AlertRecord> {

    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger("freshet.alerts");

    private final WebhookSettings webhook;

    private transient WebhookSender sender;

    /**
     * @param webhook null: none
     */
    public TellFunction(WebhookSettings webhook) {
        this.webhook = webhook;
    }

    @Override
    public void open(OpenContext context) {
        if (webhook == null) {
            return;
        }
        sender = new WebhookSender(webhook, System::getenv);
        MetricGroup metrics =
                getRuntimeContext().getMetricGroup().addGroup("ml").addGroup("webhook");
        metrics.gauge("alertsSent", sender::sent);
        metrics.gauge("alertsDropped", sender::dropped);
        metrics.gauge("alertsFailed", sender::failed);
        metrics.gauge("alertsWaiting", sender::waiting);
    }

    @Override
    public void processElement(AlertRecord alert, Context context, Collector<AlertRecord> out) {
        switch (alert.resolved ? "INFO" : alert.severity) {
            case "INFO" -> LOG.info("{}", alert.line());
            case "WARN" -> LOG.warn("{}", alert.line());
            default -> LOG.error("{}", alert.line());
        }
        if (sender != null) {
            sender.offer(AlertJson.of(alert));
        }
    }

    @Override
    public void close() {
        if (sender != null) {
            sender.close();
        }
    }
}
