package shop;

import org.springframework.web.client.RestTemplate;

/** See http://wiki.shop.internal/orders for the whole story. */
class Orders {
    static final String TOPIC = "order-placed";
    @Value("${stock.url:http://stock:8080}")
    private String stock;

    void place(Order order) {
        log.info("asking http://prices:80");
        rest.getForObject("http://joe:hunter2@prices:8080/prices/" + order.id() + "?key=hunter2", Price.class);
        kafkaTemplate.send(TOPIC, order);
    }
}
