package freshet.jobs.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a job manager says of itself, by its REST interface; nothing where it does not answer. */
final class FlinkRest {

    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final String address;

    /**
     * @param address {@code host:port}
     */
    FlinkRest(String address) {
        this.address = address;
    }

    /** How many have registered; 0 if nobody answers. */
    int taskManagers() {
        return get("/overview").map(overview -> overview.path("taskmanagers").asInt()).orElse(0);
    }

    List<LocalCluster.JobState> jobs() {
        List<LocalCluster.JobState> jobs = new ArrayList<>();
        get("/jobs/overview").ifPresent(all -> all.path("jobs").forEach(job -> jobs.add(of(job))));
        return jobs;
    }

    private LocalCluster.JobState of(JsonNode job) {
        String id = job.path("jid").asText();
        JsonNode newest =
                get("/jobs/" + id + "/checkpoints")
                        .map(all -> all.path("latest").path("completed"))
                        .orElse(JSON.missingNode());
        return new LocalCluster.JobState(
                id,
                job.path("name").asText(),
                job.path("state").asText(),
                newest.path("id").asLong(), // they count on over all restarts
                newest.path("state_size").asLong(),
                newest.path("end_to_end_duration").asLong());
    }

    double ofTaskManagers(String metric) {
        double sum = 0;
        JsonNode all = get("/taskmanagers").orElse(JSON.missingNode());
        for (JsonNode one : all.path("taskmanagers")) {
            String path =
                    "/taskmanagers/%s/metrics?get=%s".formatted(one.path("id").asText(), metric);
            sum += get(path).orElse(JSON.missingNode()).path(0).path("value").asDouble();
        }
        return sum;
    }

    /** Asks for the end of a job, without a savepoint; it ends a little later. */
    void cancel(String job) {
        ask(to("/jobs/" + job).method("PATCH", HttpRequest.BodyPublishers.noBody()));
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + address + path)).timeout(PATIENCE);
    }

    private Optional<JsonNode> get(String path) {
        return ask(to(path));
    }

    private Optional<JsonNode> ask(HttpRequest.Builder question) {
        HttpRequest request = question.build();
        try {
            HttpResponse<byte[]> response =
                    http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return response.statusCode() / 100 == 2
                    ? Optional.of(JSON.readTree(response.body()))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
